// A compiled body over whole columns of numbers. Machine code is worth it there even without loops: the loop over the rows is
// part of it.
import type { NativeProgram } from '@catzilla/core-c'
import type { BodyCompiler, CompiledProgram } from '../../contract/body-compiler.ts'
import type { KernelReference } from '../../contract/task.ts'

/** Types of programs, as C numbers them. */
const [NUMBER, INT32, COUNTER] = [1, 2, 3]

/** Whether a program makes a number out of numbers. */
export function runsOverColumns({ encode, decode }: CompiledProgram, { signature }: NativeProgram): boolean {
  const { parameters, result } = signature
  const isNumber = result === NUMBER || result === INT32 || result === COUNTER
  return encode === null && decode === null && isNumber && parameters.every((type) => type === NUMBER)
}

export class BodyColumns {
  /** Null while machine code is on its way. */
  kernel: KernelReference | null = null
  tier: 'interpreted' | 'machine code' = 'interpreted'

  /** @param kernel the body as C runs it call by call */
  constructor(kernel: KernelReference, { c }: CompiledProgram, compiler: BodyCompiler | null) {
    if ((kernel.program?.code ?? null) !== null) {
      this.tier = 'machine code'
      this.kernel = kernel
    } else if (compiler?.build === undefined || c === null) this.kernel = kernel
    else void this.#build(kernel, c, (text) => compiler.build?.(text))
  }

  async #build(
    kernel: KernelReference,
    c: string,
    build: (c: string) => ReturnType<Required<BodyCompiler>['build']> | undefined,
  ): Promise<void> {
    const code = (await build(c)?.catch(() => null)) ?? null
    const { program } = kernel
    if (code !== null && program !== undefined) {
      this.tier = 'machine code'
      this.kernel = { name: kernel.name, program: { ...program, code } }
    } else this.kernel = kernel
  }
}
