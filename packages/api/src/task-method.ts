// `@tasks.taskMethod()`: a standard decorator that makes a static method a task.
import { TaskDefinitionError, markWrapped } from '@catzilla/engine'
import type { TaskHandler } from '@catzilla/engine'
import { makeTask } from './task.ts'
import type { TaskParts } from './task.ts'

/** What a decorated static method looks like to its decorator. */
export type MethodDecorator = <This, A extends unknown[], R>(
  method: (this: This, ...args: A) => R,
  context: ClassMethodDecoratorContext<This, (this: This, ...args: A) => R>,
) => (this: This, ...args: A) => R

/** Turns the method and its name into the parts of a task, once the class is known. */
type Define = (fallbackName: string, body: TaskHandler) => TaskParts

/**
 * Decorates one method. The class exists only when its static parts are set up, so the task is defined then.
 * @throws TaskDefinitionError for a method that is not static, or is private
 */
export function decorateMethod<This, A extends unknown[], R>(
  method: (this: This, ...args: A) => R,
  context: ClassMethodDecoratorContext<This, (this: This, ...args: A) => R>,
  define: Define,
): (this: This, ...args: A) => R {
  const methodName = String(context.name)
  if (!context.static || context.private) {
    throw new TaskDefinitionError(
      `method ${methodName} cannot be a task: taskMethod takes public static methods, since a task has no instance to run on`,
    )
  }
  let parts: TaskParts | undefined
  context.addInitializer(function () {
    const { name } = this as { readonly name: string }
    const body: TaskHandler = (...args) => method.apply(this, args as unknown[] as A)
    parts = define(`${name}.${methodName}`, markWrapped(body, `is a method of class ${name}`))
  })
  const task = makeTask<readonly unknown[], unknown, unknown>(
    lateParts(() => {
      if (parts !== undefined) return parts
      throw new TaskDefinitionError(`method ${methodName} was used as a task before its class was set up`)
    }),
  )
  // the decorator gives back a function with the method's signature, and more
  return task as unknown as (this: This, ...args: A) => R
}

/** Parts that are looked up when they are first needed. */
function lateParts(get: () => TaskParts): TaskParts {
  return {
    get home() {
      return get().home
    },
    get call() {
      return get().call
    },
    get input() {
      return get().input
    },
  }
}
