import type { TaskHandler } from '../../contract/task.ts'
export type TaskCode =
  | { readonly kind: 'source'; readonly name: string; readonly text: string }
  | { readonly kind: 'module'; readonly name: string; readonly url: string; readonly exported: string | undefined }
export function taskCodeOf(name: string, handler: TaskHandler, module: string | undefined): TaskCode {
  if (module !== undefined) return { kind: 'module', name, url: module, exported: handler.name }
  return { kind: 'source', name, text: String(handler) }
}
