// Kernels as bodies of tasks: C on the native lane; where an engine has none, the JavaScript twin of a built-in kernel.
import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  TaskDefinitionError,
  UnsupportedByEngineError,
  builtInKernels,
  describeValue,
  kernelNamed,
  nearest,
} from '@catzilla/engine'
import type { KernelReference, LaneName, TaskEngine, TaskHandler } from '@catzilla/engine'
import type { TaskConfig } from './task-config.ts'
import type { Task } from './task.ts'

/** Options of a kernel task: those of a task but `output`, for the signature of the kernel says what it gives. */
export interface KernelConfig<F extends TaskHandler = TaskHandler> extends Omit<
  TaskConfig<Parameters<F>, ReturnType<F>>,
  'output'
> {
  readonly library?: undefined
}

/** Options of a task over a kernel of your own. */
export interface LibraryKernelConfig<F extends TaskHandler = TaskHandler> extends Omit<KernelConfig<F>, 'library'> {
  /** The shared library that has the kernel: its path, from the working directory, or its URL. */
  readonly library: string | URL
}

/** A task over a kernel with the signature `F`. */
export type KernelTask<F extends TaskHandler> = Task<Parameters<F>, ReturnType<F>, ReturnType<F>>

/** What a kernel is for an engine. */
export interface KernelBody {
  readonly kernel: KernelReference
  /** The lane it has unless another is asked for. */
  readonly lane: LaneName
  /** The JavaScript twin; of a library's kernel, which has none, a body that says so. */
  readonly body: TaskHandler
}

/**
 * Finds a kernel.
 * @throws TaskDefinitionError when there is no such kernel or no such library
 * @throws UnsupportedByEngineError when it needs a native lane and the engine has none
 */
export function findKernel(name: unknown, library: unknown, engine: TaskEngine): KernelBody {
  if (typeof name !== 'string' || name === '') {
    throw new TaskDefinitionError(`kernel() takes the name of a kernel, got ${describeValue(name)}`)
  }
  return library === undefined ? builtInKernel(name, engine) : kernelOfLibrary(name, library, engine)
}

/** @throws TaskDefinitionError for a kernel of a library, which has no twin that could run on another lane */
export function requireTwin(task: string, { name, library }: KernelReference, what: string): void {
  if (library === undefined) return
  throw new TaskDefinitionError(
    `task '${task}': ${what} needs JavaScript, and the kernel '${name}' of ${library} is C only: it runs on the native lane, by delay()`,
  )
}

function builtInKernel(name: string, { capabilities }: TaskEngine): KernelBody {
  const twin = kernelNamed(name)
  if (twin === undefined) {
    const names = builtInKernels.map((kernel) => kernel.name)
    const near = nearest(name, names)
    const hint = near === undefined ? `there are ${names.join(', ')}` : `did you mean '${near}'?`
    throw new TaskDefinitionError(
      `no kernel named ${describeValue(name)} comes with the engine; ${hint} (one of your own needs { library })`,
    )
  }
  return { kernel: Object.freeze({ name }), lane: capabilities.nativeLane ? 'native' : 'inline', body: twin.run }
}

function kernelOfLibrary(name: string, given: unknown, engine: TaskEngine): KernelBody {
  const library = pathOf(name, given)
  if (!engine.capabilities.nativeLane) {
    throw new UnsupportedByEngineError(
      `kernel '${name}' of ${library} is C and needs a native lane, which the ${engine.name} engine does not have; run "npm install @catzilla/core-c" and use engine: 'native' or 'auto'`,
    )
  }
  const kernel: KernelReference = Object.freeze({ name, library })
  return { kernel, lane: 'native', body: () => requireTwin(name, kernel, 'a direct call') }
}

function pathOf(name: string, library: unknown): string {
  if (typeof library !== 'string' && !(library instanceof URL)) {
    throw new TaskDefinitionError(
      `kernel '${name}': library is a path or a file URL of a shared library, got ${describeValue(library)}`,
    )
  }
  const path = typeof library === 'string' ? resolve(library) : fileURLToPath(library)
  if (statSync(path, { throwIfNoEntry: false })?.isFile() === true) return path
  throw new TaskDefinitionError(`kernel '${name}': there is no library ${path}; build it, or mend its path`)
}
