// The kernels there are: those that come with the engine, and those of libraries, loaded when they are first asked for.
import type { NativeEngineBinding, NativeKernel, NativeLibrary } from '@catzilla/core-c'
import { TaskDefinitionError, describeValue, toError } from '../contract/errors.ts'
import type { KernelReference, ProgramKernel } from '../contract/task.ts'
import { nearest } from '../options/check.ts'

export class KernelCatalog {
  readonly #binding: NativeEngineBinding
  readonly #builtIn: readonly NativeKernel[]
  readonly #libraries = new Map<string, readonly NativeKernel[]>()
  readonly #programs = new WeakMap<ProgramKernel, NativeKernel>()

  constructor(binding: NativeEngineBinding) {
    this.#binding = binding
    this.#builtIn = binding.kernels
  }

  /** @throws TaskDefinitionError when there is no such kernel, or its library does not load */
  find({ name, library, program }: KernelReference, task: string): NativeKernel {
    if (program !== undefined) return this.#program(name, program)
    const kernels = library === undefined ? this.#builtIn : this.#library(library, task)
    const kernel = kernels.find((each) => each.name === name)
    if (kernel !== undefined) return kernel
    const names = kernels.map((each) => each.name)
    const near = nearest(name, names)
    const hint = near === undefined ? `there are ${names.join(', ')}` : `did you mean '${near}'?`
    const where = library === undefined ? 'comes with the engine' : `is in ${library}`
    throw new TaskDefinitionError(`task '${task}': no kernel named ${describeValue(name)} ${where}; ${hint}`)
  }

  #program(name: string, program: ProgramKernel): NativeKernel {
    let kernel = this.#programs.get(program)
    if (kernel === undefined) {
      const { bytes, code } = program
      kernel = this.#binding.addProgram(name, bytes)
      if (code !== null) this.#binding.swapBody(kernel.index, code.library as NativeLibrary | string, code.symbol)
      this.#programs.set(program, kernel)
    }
    return kernel
  }

  #library(path: string, task: string): readonly NativeKernel[] {
    const known = this.#libraries.get(path)
    if (known !== undefined) return known
    try {
      const kernels = this.#binding.loadLibrary(path)
      this.#libraries.set(path, kernels)
      return kernels
    } catch (thrown) {
      const why = toError(thrown).message
      throw new TaskDefinitionError(`task '${task}': the kernel library ${path} does not load: ${why}`, {
        cause: thrown,
      })
    }
  }
}
