// The table of routes: ours, then those of other packages.
import type { RouteGroup } from '../route.ts'
import type { Service } from '../service.ts'
import { controlRoutes } from './control.ts'
import { documentRoutes } from './documents.ts'
import { figureRoutes } from './figures.ts'
import { matchingRoutes } from './matching.ts'
import { operationRoutes } from './operation.ts'
import { scheduleRoutes } from './schedules.ts'
import { streamRoutes } from './streams.ts'
import { submissionRoutes } from './submission.ts'
import { taskStoryRoutes } from './task-story.ts'
import { taskRoutes } from './tasks.ts'
import { workflowRoutes } from './workflows.ts'

export function routeGroups(service: Service): readonly RouteGroup[] {
  const groups: RouteGroup[] = [
    figureRoutes(service),
    submissionRoutes(service),
    taskRoutes(service),
    streamRoutes(service),
    controlRoutes(),
    matchingRoutes(service),
    operationRoutes(service),
    taskStoryRoutes(service),
    scheduleRoutes(service),
    workflowRoutes(service),
    ...service.options.groups,
  ]
  groups.push(documentRoutes(service, groups))
  return groups
}
