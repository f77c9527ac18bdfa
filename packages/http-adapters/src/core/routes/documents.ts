// What describes the routes, and the page that shows what they tell.
import { contentSecurityPolicy } from '../dashboard-files.ts'
import { openApiDocument } from '../openapi.ts'
import { jsonText, plainHeaders } from '../plain.ts'
import type { PlainResponse } from '../plain.ts'
import type { RouteContext, RouteGroup } from '../route.ts'
import type { Service } from '../service.ts'

const file = { description: 'A file of the dashboard.', type: '*/*' } as const

/** @param others the groups that the document describes besides this one */
export function documentRoutes(service: Service, others: readonly RouteGroup[]): RouteGroup {
  const group: RouteGroup = {
    name: 'documents',
    description: 'This document, and the dashboard.',
    routes: [
      {
        method: 'GET',
        path: '/openapi.json',
        action: 'read',
        operationId: 'getOpenApi',
        summary: 'This document',
        responses: { 200: { description: 'OpenAPI 3.1.', schema: { type: 'object' } } },
        handle: ({ publicPath }) => jsonText(200, JSON.stringify(openApiDocument([...others, group], publicPath))),
      },
      {
        method: 'GET',
        path: '/dashboard',
        action: 'dashboard',
        operationId: 'openDashboard',
        summary: 'Leads to the dashboard',
        responses: { 308: { description: 'Moved, by one slash: its files are found beside it.' } },
        problems: [501],
        async handle({ publicPath }) {
          await service.dashboard.get('')
          return { status: 308, headers: { ...plainHeaders, location: `${publicPath}/dashboard/` }, body: null }
        },
      },
      {
        method: 'GET',
        path: '/dashboard/*',
        action: 'dashboard',
        operationId: 'getDashboardFile',
        summary: 'The dashboard and its files',
        responses: { 200: file, 304: { description: 'As it was.' } },
        problems: [404, 501],
        handle: (context) => dashboardFile(service, context),
      },
    ],
  }
  return group
}

async function dashboardFile({ dashboard }: Service, { params, request }: RouteContext): Promise<PlainResponse> {
  const { bytes, type, etag } = await dashboard.get(params['rest'] ?? '')
  const headers = {
    ...plainHeaders,
    'cache-control': 'no-cache',
    'content-security-policy': contentSecurityPolicy,
    'cross-origin-opener-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-frame-options': 'DENY',
    etag,
  }
  if (request.header('if-none-match') === etag) return { status: 304, headers, body: null }
  return { status: 200, headers: { ...headers, 'content-type': type }, body: bytes }
}
