// The demo's routes on Express.
import { createServer } from 'node:http'
import { enableBackgroundTasks } from '@catzilla/http-adapters/express'
import express from 'express'
import type { MakeApp } from './make-app.ts'

export const makeExpressApp: MakeApp = (tasks, routes, http) => {
  const bare = express()
  // the documents' own figures go before the routes of the package
  for (const route of routes) {
    bare[route.method === 'GET' ? 'get' : 'post'](route.path, express.json(), (req, res) => {
      const given = {
        params: req.params as Record<string, string>,
        query: req.query as Record<string, string>,
        body: req.body as unknown,
      }
      const answer = route.answer(given)
      res.status(answer.status).json(answer.body)
    })
  }
  return createServer(enableBackgroundTasks(bare, { tasks, http }))
}
