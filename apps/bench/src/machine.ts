// What was measured on, without naming the machine: its kind, its load, and the state of the sources.
import { execFileSync } from 'node:child_process'
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'

export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGb: number
  readonly node: string
  readonly v8: string
  readonly platform: string
  /** Over 1, 5 and 15 minutes. */
  readonly loadAverage: readonly number[]
  readonly date: string
  /** Short hash; a `+` behind it says that files differed from it. */
  readonly commit: string
}

export function describeMachine(now: Date): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    v8: process.versions.v8,
    platform: `${process.platform} ${process.arch}`,
    loadAverage: loadavg().map((load) => Math.round(load * 100) / 100),
    date: now.toISOString().slice(0, 10),
    commit: describeCommit(),
  }
}

export function machineLines(machine: Machine): string[] {
  const { cpu, cores, memoryGb, node, v8, platform, loadAverage, date, commit } = machine
  return [
    `${cpu}, ${cores} cores, ${memoryGb} GiB, ${platform}`,
    `Node ${node.slice(1)} (V8 ${v8})`,
    `load average ${loadAverage.join(', ')} when the run began`,
    `${date}, commit ${commit}`,
  ]
}

/** A copy of the sources without git is measured all the same. */
function describeCommit(): string {
  try {
    const hash = git('rev-parse', '--short', 'HEAD')
    return git('status', '--porcelain') === '' ? hash : `${hash}+`
  } catch {
    return 'unknown'
  }
}

/** Over the last minute. */
export function loadNow(): string {
  return (loadavg()[0] ?? 0).toFixed(2)
}

function git(...args: string[]): string {
  return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
}
