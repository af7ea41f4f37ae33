// The routes about the API itself: who asks, what can be asked, what happens.
import { z } from 'zod'
import { ROLES } from '../../roles.ts'
import type { RouteSpec } from '../route-spec.ts'

export const READ_SESSION = {
  ...{ id: 'readSession', method: 'GET', path: '/api/v1/session', tag: 'about', role: 'viewer' },
  summary: 'Who is asking',
  answer: {
    status: 200,
    description: 'A person who is signed in, or a token.',
    schema: z.strictObject({
      kind: z.enum(['person', 'token']),
      name: z.string(),
      email: z.string().nullable().describe('null: a token.'),
      role: z.enum(ROLES),
    }),
  },
} as const satisfies RouteSpec

export const LISTEN_TO_EVENTS = {
  ...{ id: 'listenToEvents', method: 'GET', path: '/api/v1/events', tag: 'about' },
  ...{ role: 'viewer', isForPeople: true },
  summary: 'Server-sent events of one browser tab',
  description:
    '`pulse` comes at once and every 15 s, `change` when something was committed or decided, `end` when the session is over.',
  answer: {
    status: 200,
    description: 'A stream without end.',
    schema: null,
    types: ['text/event-stream'],
  },
} as const satisfies RouteSpec

export const READ_OPENAPI = {
  ...{ id: 'readOpenApi', method: 'GET', path: '/api/v1/openapi.json', tag: 'about' },
  role: 'viewer',
  summary: 'This document',
  answer: {
    status: 200,
    description: 'OpenAPI 3.1.',
    schema: z.record(z.string(), z.unknown()),
  },
} as const satisfies RouteSpec

export const ABOUT_ROUTES: readonly RouteSpec[] = [READ_SESSION, LISTEN_TO_EVENTS, READ_OPENAPI]
