// The words that all channels share: what an alert is called, what became of it, how bad it is.
import type { DriftKind, Severity } from '../../baseline/drift.ts'
import { countOf, quote } from '../../baseline/sentence.ts'
import { labelEdge, labelNode } from '../../export/edge-label.ts'
import type { AlertFacts, NoticeAct } from '../notice.ts'

export const DRIFT_LABELS: { readonly [kind in DriftKind]: string } = {
  denied: 'Denied by a rule',
  expired: 'Approval ran out',
  downgraded: 'No longer encrypted',
  first_path: 'First path to classified data',
  cross_environment: 'Between environments',
  new_external: 'New external destination',
  new_database: 'First access to a database',
  new_service: 'New service',
  new_edge: 'New edge',
  new_protocol: 'New protocol',
  new_port: 'New port',
  new_operation: 'New operation',
}

/** What became of an alert, as a part of a sentence. */
export const ACT_WORDS: { readonly [act in NoticeAct]: string } = {
  open: 'opened',
  escalate: 'got worse',
  reject: 'rejected',
  resolve: 'closed',
}

/** `checkout -> external api.example.com`, or the service that an alert is about. */
export function labelAlert({ source, target, environment }: AlertFacts): string {
  return target === null
    ? labelNode(source, environment)
    : labelEdge({ source, target }, environment)
}

/** `High: new edge, checkout -> ledger (environment “shop”)`. */
export function titleAlert(alert: AlertFacts, act: NoticeAct): string {
  const kind = DRIFT_LABELS[alert.kind].toLowerCase()
  const what = `${kind}, ${labelAlert(alert)} (environment ${quote(alert.environment)})`
  const again = alert.episode > 1 ? ' again' : ''
  const before: { readonly [act in NoticeAct]: string } = {
    open: `${capital(alert.severity)}${again}`,
    escalate: `Now ${alert.severity}`,
    reject: 'Rejected',
    resolve: 'Closed',
  }
  return `${before[act]}: ${what}`
}

/** `2 opened, 1 closed`; what is 0 is not said. */
export function countActs(acts: readonly NoticeAct[]): string {
  const order: readonly NoticeAct[] = ['open', 'escalate', 'reject', 'resolve']
  const counts = order.map((act) => [acts.filter((each) => each === act).length, act] as const)
  return counts
    .filter(([count]) => count > 0)
    .map(([count, act]) => `${count} ${ACT_WORDS[act]}`)
    .join(', ')
}

export function countAlerts(count: number): string {
  return countOf(count, 'alert', 'alerts')
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

export function worst(severities: readonly Severity[]): Severity | null {
  const order: readonly Severity[] = ['critical', 'high', 'medium', 'low']
  return order.find((severity) => severities.includes(severity)) ?? null
}
