// The suite of adapters on the edge for koa.
import { edges } from './edges/edges.ts'
import { describeAdapter } from './suite/describe-adapter.ts'

describeAdapter(edges.koa)
