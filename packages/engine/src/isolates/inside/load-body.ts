import type { TaskHandler } from '../../contract/task.ts'
import type { TaskCode } from '../code/task-code.ts'
export class BodyLoader {
  readonly #known = new Map<TaskCode, TaskHandler>()
  load(code: TaskCode): TaskHandler | Promise<TaskHandler> {
    const known = this.#known.get(code)
    if (known !== undefined) return known
    if (code.kind === 'source') {
      const made = (0, eval)(`(${code.text})`) as TaskHandler
      this.#known.set(code, made)
      return made
    }
    return import(code.url).then((module: Record<string, TaskHandler>) => {
      const made = module[code.exported ?? code.name] as TaskHandler
      this.#known.set(code, made)
      return made
    })
  }
}
