// The table of contents: which document stands where on the site. One that is not named here comes last.

export interface Chapter {
  readonly title: string
  /** Documents by their path from the root; `reference/` is the API reference, which is made from the docstrings. */
  readonly documents: readonly string[]
  readonly collapsed?: boolean
}

export const chapters: readonly Chapter[] = [
  {
    title: 'Start here',
    documents: [
      'docs/README.md',
      'docs/basic-usage.md',
      'docs/priority-scheduling.md',
      'docs/monitoring.md',
      'docs/c-compilation.md',
      'docs/production.md',
    ],
  },
  {
    title: 'Guides',
    documents: [
      'docs/lanes.md',
      'docs/workflows.md',
      'docs/graphs-in-c.md',
      'docs/http.md',
      'docs/testing.md',
      'docs/durability.md',
      'docs/distributed.md',
      'docs/engines.md',
      'docs/compilation.md',
      'packages/core-c/docs/kernels.md',
    ],
  },
  {
    title: 'Coming from',
    documents: ['docs/from-bullmq.md', 'docs/from-piscina.md', 'docs/from-celery.md'],
  },
  {
    title: 'Reference',
    documents: [
      'docs/options.generated.md',
      'docs/errors.generated.md',
      'docs/compiled-constructs.generated.md',
      'docs/capabilities.generated.md',
      'docs/benchmarks.md',
      'docs/benchmarks/comparisons.md',
      'docs/benchmarks/targets.md',
      'reference/',
    ],
  },
  {
    title: 'Packages',
    collapsed: true,
    documents: [
      'packages/api/README.md',
      'packages/engine/README.md',
      'packages/workflow/README.md',
      'packages/http-adapters/README.md',
      'packages/monitor/README.md',
      'packages/durable/README.md',
      'packages/engine-bullmq/README.md',
      'packages/compiler/README.md',
      'packages/core-c/README.md',
    ],
  },
  {
    title: 'Inside',
    collapsed: true,
    documents: [
      'docs/how-it-works.md',
      'docs/writing-an-engine.md',
      'ARCHITECTURE.md',
      'CONTRIBUTING.md',
      'packages/core-c/docs/binding.md',
      'docs/promises.md',
    ],
  },
]
