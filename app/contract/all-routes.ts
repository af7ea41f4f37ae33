// Every route of /api/v1, in the order of the document. A test compares it with the files.
import type { RouteSpec } from './route-spec.ts'
import { ABOUT_ROUTES } from './routes/about.ts'
import { ALERT_ROUTES } from './routes/alerts.ts'
import { GRAPH_ROUTES } from './routes/graph.ts'
import { INTAKE_ROUTES } from './routes/intake.ts'

export const ALL_ROUTES: readonly RouteSpec[] = [
  ...[...GRAPH_ROUTES, ...ALERT_ROUTES, ...INTAKE_ROUTES, ...ABOUT_ROUTES],
]
