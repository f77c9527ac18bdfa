// A span as a worker process of these tests tells of it.
export interface ToldSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parent: string | undefined
  readonly links: readonly string[]
  readonly messageId: unknown
}
