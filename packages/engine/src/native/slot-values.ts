// Numbers and booleans in slots of the port: arguments on the way to C, results on the way back.
import { kernelTypes } from '../kernels/kernel-type.ts'
import type { KernelType } from '../kernels/kernel-type.ts'
import { portLayout } from './port-layout.ts'
import type { Port } from './port.ts'

const { SLOT_ARGS, SLOT_RESULT } = portLayout

const VOID = kernelTypes.indexOf('void')
const BOOL = kernelTypes.indexOf('bool')

/** Whether a result of this `ctz_type` stands in the slot; others are taken by a call. */
export function isScalar(type: number): boolean {
  return type <= BOOL
}

/** The result in a slot. */
export function scalarIn(port: Port, slot: number, type: number): unknown {
  return scalarOf(type, port.doubles[port.doubleOf(slot) + SLOT_RESULT / 8] ?? 0)
}

/** A scalar as JavaScript has it. */
export function scalarOf(type: number, value: number): unknown {
  if (type === VOID) return undefined
  return type === BOOL ? value !== 0 : value
}

/** Writes arguments that have been checked. */
export function writeArguments(port: Port, slot: number, args: readonly unknown[]): void {
  const { doubles } = port
  const { length } = args
  const first = port.doubleOf(slot) + SLOT_ARGS / 8
  for (let index = 0; index < length; index++) {
    const arg = args[index]
    doubles[first + index] = typeof arg === 'number' ? arg : Number(arg)
  }
}

/** The arguments as they were given. */
export function argumentsIn(port: Port, slot: number, signature: readonly KernelType[]): unknown[] {
  const first = port.doubleOf(slot) + SLOT_ARGS / 8
  return signature.map((type, index) => {
    const value = port.doubles[first + index] ?? 0
    return type === 'bool' ? value !== 0 : value
  })
}
