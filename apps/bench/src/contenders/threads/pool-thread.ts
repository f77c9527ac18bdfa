// A thread of piscina and of tinypool: both load a module and call what it exports, with one argument.
import { add as addBody, spin as spinBody } from '../bodies.ts'

export { block, echo, lengthOf, sizeOf } from '../bodies.ts'

export function add([a, b]: [number, number]): number {
  return addBody(a, b)
}

export function spin(turns: number): number {
  return spinBody(turns)
}
