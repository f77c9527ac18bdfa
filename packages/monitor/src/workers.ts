// Who runs what: the running tasks of an engine by lane, and the workers of each lane that are idle.
import type { EngineStatistics, LaneName, TaskEngine, TaskInfo, WorkerDetails } from '@catzilla/engine'

/** Most tasks that engines give in one page. */
const PAGE = 1000

export async function workerDetails(engine: Pick<TaskEngine, 'list' | 'snapshot'>): Promise<readonly WorkerDetails[]> {
  const running = await runningTasks(engine)
  const { lanes } = engine.snapshot()
  return [...running.map(busyWorker), ...idleWorkers(lanes, running)]
}

async function runningTasks(engine: Pick<TaskEngine, 'list'>): Promise<TaskInfo[]> {
  const running: TaskInfo[] = []
  let cursor: string | undefined
  do {
    const page = await engine.list({ status: 'running', limit: PAGE, ...(cursor === undefined ? {} : { cursor }) })
    running.push(...page.tasks)
    cursor = page.nextCursor
  } while (cursor !== undefined)
  return running
}

function busyWorker({ lane, workerId, taskId, name, retries, executionTimeMs }: TaskInfo): WorkerDetails {
  return {
    lane,
    state: 'busy',
    workerId,
    task: { taskId, name, attempt: retries + 1, runningMs: executionTimeMs ?? 0 },
  }
}

function idleWorkers(lanes: EngineStatistics['lanes'], running: readonly TaskInfo[]): WorkerDetails[] {
  return (Object.entries(lanes) as [LaneName, { slots: number }][]).flatMap(([lane, { slots }]) => {
    const busy = running.filter((task) => task.lane === lane).length
    return Array.from({ length: Math.max(0, slots - busy) }, (): WorkerDetails => {
      return { lane, state: 'idle', workerId: null, task: null }
    })
  })
}
