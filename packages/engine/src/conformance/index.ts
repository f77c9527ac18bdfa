// The door `@catzilla/engine/conformance`: the suite that accepts an engine, whoever wrote it.
export { describeEngine, runConformanceCase } from './describe-engine.ts'
export type { ConformanceOptions, ConformanceSkip, TestDeclaration, TestRunner } from './describe-engine.ts'
export type { ConformanceRun } from './conformance-run.ts'
export type { EngineFactory } from './harness.ts'
export { conformanceCases, conformanceReport } from './report.ts'
export type { CaseListing, ConformanceReport } from './report.ts'
