// The kernels there are: those that come with the engine, and those of libraries, loaded when they are first asked for.
import type { NativeEngineBinding, NativeKernel } from '@catzilla/core-c'
import { TaskDefinitionError, describeValue, toError } from '../contract/errors.ts'
import type { KernelReference } from '../contract/task.ts'
import { nearest } from '../options/check.ts'

export class KernelCatalog {
  readonly #binding: NativeEngineBinding
  readonly #builtIn: readonly NativeKernel[]
  readonly #libraries = new Map<string, readonly NativeKernel[]>()

  constructor(binding: NativeEngineBinding) {
    this.#binding = binding
    this.#builtIn = binding.kernels
  }

  /** @throws TaskDefinitionError when there is no such kernel, or its library does not load */
  find({ name, library }: KernelReference, task: string): NativeKernel {
    const kernels = library === undefined ? this.#builtIn : this.#library(library, task)
    const kernel = kernels.find((each) => each.name === name)
    if (kernel !== undefined) return kernel
    const names = kernels.map((each) => each.name)
    const near = nearest(name, names)
    const hint = near === undefined ? `there are ${names.join(', ')}` : `did you mean '${near}'?`
    const where = library === undefined ? 'comes with the engine' : `is in ${library}`
    throw new TaskDefinitionError(`task '${task}': no kernel named ${describeValue(name)} ${where}; ${hint}`)
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
