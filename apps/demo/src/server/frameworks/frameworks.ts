// The frameworks that the demo's server can stand on.
import { makeExpressApp } from './express-app.ts'
import { makeHonoApp } from './hono-app.ts'
import { makeKoaApp } from './koa-app.ts'
import type { MakeApp } from './make-app.ts'

export const frameworks = {
  hono: makeHonoApp,
  express: makeExpressApp,
  koa: makeKoaApp,
} as const satisfies Record<string, MakeApp>

export type FrameworkName = keyof typeof frameworks

export const frameworkNames = Object.keys(frameworks) as FrameworkName[]
