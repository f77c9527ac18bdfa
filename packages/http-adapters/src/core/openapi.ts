// The OpenAPI 3.1 document, made from the same table that answers requests.
import { problemKinds } from './problem.ts'
import type { ResponseDoc, Route, RouteGroup } from './route.ts'
import type { Schema } from './schema.ts'

type Json = Readonly<Record<string, unknown>>

const problemSchema: Schema = {
  type: 'object',
  description: 'A problem document (RFC 9457).',
  required: ['type', 'title', 'status', 'detail', 'remedy'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string', description: '`ERR_CATZILLA_…`, where a task or its engine refused.' },
    remedy: { type: 'string', description: 'What to do about it.' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        properties: { path: { type: 'array' }, pointer: { type: 'string' }, message: { type: 'string' } },
      },
    },
  },
}

/** @param publicPath where the routes are, as clients see it */
export function openApiDocument(groups: readonly RouteGroup[], publicPath: string): Json {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const group of groups) {
    for (const route of group.routes) {
      const path = openPath(route.path)
      const item = (paths[path] ??= pathParameters(route.path))
      item[route.method.toLowerCase()] = operation(route, group.name)
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Catzilla Tasks',
      version: '1',
      description: 'Background tasks over HTTP. Durations are milliseconds, times are epoch milliseconds.',
    },
    servers: [{ url: publicPath === '' ? '/' : publicPath }],
    tags: groups.map(({ name, description }) => ({ name, description })),
    paths,
    components: {
      schemas: Object.assign({ Problem: problemSchema }, ...groups.map(({ schemas }) => schemas ?? {})) as Json,
    },
  }
}

function operation(route: Route, tag: string): Json {
  return {
    tags: [tag],
    operationId: route.operationId,
    summary: route.summary,
    ...parametersOf(route),
    ...(route.body === undefined ? {} : { requestBody: bodyOf(route.body) }),
    responses: responsesOf(route),
    ...(route.action === null ? {} : { 'x-action': route.action }),
  }
}

function parametersOf({ query = {}, headers = {} }: Route): Json {
  const parameters = [
    ...Object.entries(query).map((entry) => parameter('query', entry)),
    ...Object.entries(headers).map((entry) => parameter('header', entry)),
  ]
  return parameters.length === 0 ? {} : { parameters }
}

function parameter(where: 'query' | 'header', [name, { description, ...schema }]: [string, Schema]): Json {
  return {
    name,
    in: where,
    ...(description === undefined ? {} : { description }),
    schema,
    ...(schema.type === 'array' ? { style: 'form', explode: false } : {}),
  }
}

function bodyOf(schema: Schema): Json {
  return { required: (schema.required ?? []).length > 0, content: { 'application/json': { schema } } }
}

function responsesOf(route: Route): Json {
  const own = Object.entries(route.responses).map(([status, doc]) => [status, responseOf(doc)])
  const open = route.action === null ? [] : [401, 403]
  const problems = [...open, ...(route.problems ?? [])].map((status) => [String(status), problemResponse(status)])
  return Object.fromEntries([...problems, ...own]) as Json
}

function responseOf({ description, type = 'application/json', schema }: ResponseDoc): Json {
  if (schema === undefined && type === 'application/json') return { description }
  return { description, content: { [type]: schema === undefined ? {} : { schema } } }
}

function problemResponse(status: number): Json {
  const description =
    Object.values(problemKinds).find((kind) => kind.status === status)?.title ?? 'The state of the task forbids it'
  return {
    description,
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    ...(status === 429 || status === 503 ? { headers: { 'Retry-After': { schema: { type: 'integer' } } } } : {}),
  }
}

/** `/:id/result` as OpenAPI writes it: `/{id}/result`. */
function openPath(path: string): string {
  return path.replaceAll(/:(\w+)/g, '{$1}').replace(/\*$/, '{rest}')
}

function pathParameters(path: string): Record<string, unknown> {
  const names = [...openPath(path).matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
  if (names.length === 0) return {}
  return { parameters: names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })) }
}
