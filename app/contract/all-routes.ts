// Every route of /api/v1, in the order of the document. A test compares it with the files.
import type { RouteSpec } from './route-spec.ts'
import { ABOUT_ROUTES } from './routes/about.ts'
import { ALERT_BUDGET_ROUTES } from './routes/alert-budget.ts'
import { ALERT_ROUTES } from './routes/alerts.ts'
import { AUDIT_ROUTES } from './routes/audit.ts'
import { BACKTEST_ROUTES } from './routes/backtest.ts'
import { BASELINE_ROUTES } from './routes/baselines.ts'
import { COMPARISON_ROUTES } from './routes/comparisons.ts'
import { GRAPH_ROUTES } from './routes/graph.ts'
import { INCIDENT_ROUTES } from './routes/incidents.ts'
import { INTAKE_ROUTES } from './routes/intake.ts'
import { INVENTORY_ROUTES } from './routes/inventory.ts'
import { NOTIFICATION_ROUTES } from './routes/notifications.ts'

export const ALL_ROUTES: readonly RouteSpec[] = [
  ...GRAPH_ROUTES,
  ...BASELINE_ROUTES,
  ...COMPARISON_ROUTES,
  ...ALERT_ROUTES,
  ...INCIDENT_ROUTES,
  ...ALERT_BUDGET_ROUTES,
  ...BACKTEST_ROUTES,
  ...NOTIFICATION_ROUTES,
  ...INVENTORY_ROUTES,
  ...AUDIT_ROUTES,
  ...INTAKE_ROUTES,
  ...ABOUT_ROUTES,
]
