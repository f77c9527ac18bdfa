// The page: the way round, what the connection is like, and the page of the place where we are.
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { followFigures } from './live/figures.ts'
import { followRights } from './live/rights.ts'
import { keepHistory } from './live/task-events.ts'
import { Confirmation } from './parts/confirmation.tsx'
import { ConnectionNotice } from './parts/connection-notice.tsx'
import { Navigation } from './parts/navigation.tsx'
import { Toast } from './parts/toast.tsx'
import { AuditPage } from './pages/audit.tsx'
import { FailuresPage } from './pages/failures.tsx'
import { Overview } from './pages/overview.tsx'
import { QueuesPage } from './pages/queues.tsx'
import { RunPage } from './pages/run.tsx'
import { SchedulesPage } from './pages/schedules.tsx'
import { TaskPage } from './pages/task.tsx'
import { TasksPage } from './pages/tasks.tsx'
import { WorkersPage } from './pages/workers.tsx'
import { WorkflowsPage } from './pages/workflows.tsx'
import { hrefOf, place } from './place.ts'

const pages: Readonly<Record<string, () => JSX.Element>> = {
  '': Overview,
  tasks: TasksPage,
  queues: QueuesPage,
  workers: WorkersPage,
  failures: FailuresPage,
  schedules: SchedulesPage,
  workflows: WorkflowsPage,
  audit: AuditPage,
}

export function App(): JSX.Element {
  useEffect(() => {
    const stops = [followFigures(), followRights(), keepHistory()]
    return () => {
      for (const stop of stops) stop()
    }
  }, [])
  return (
    <div class="shell">
      <a class="skip" href="#main" onClick={focusMain}>
        Skip to the content
      </a>
      <Navigation />
      <main id="main" tabIndex={-1}>
        <ConnectionNotice />
        <Here />
      </main>
      <Confirmation />
      <Toast />
    </div>
  )
}

function Here(): JSX.Element {
  const [first = '', second] = place.value.path
  if (first === 'tasks' && second !== undefined) return <TaskPage key={second} taskId={second} />
  if (first === 'workflows' && second !== undefined) return <RunPage key={second} runId={second} />
  const Page = Object.hasOwn(pages, first) ? pages[first] : undefined
  return Page === undefined ? <Nowhere /> : <Page key={first} />
}

function Nowhere(): JSX.Element {
  return (
    <section class="empty">
      <h1>There is no such page</h1>
      <p>
        <a href={hrefOf([])}>Go to the overview</a>
      </p>
    </section>
  )
}

/** The address behind the # is the place: it must stay as it is. */
function focusMain(event: Event): void {
  event.preventDefault()
  document.getElementById('main')?.focus()
}
