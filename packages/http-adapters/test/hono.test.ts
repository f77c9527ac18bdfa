// The suite of adapters on the edge for hono.
import { edges } from './edges/edges.ts'
import { describeAdapter } from './suite/describe-adapter.ts'

describeAdapter(edges.hono)
