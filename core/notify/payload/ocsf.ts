// A notice as OCSF: a Detection Finding an alert, created, updated and closed. Source: Open Cybersecurity Schema
// Framework 1.9.0, events/findings/detection_finding.json and what it extends and holds (schema.ocsf.io).
import type { NodeKey } from '../../graph/node.ts'
import type { AlertNotice, Notice, NoticeAct } from '../notice.ts'
import { episodeKey, noticeKey } from './episode-key.ts'
import { type Context, compose } from './message.ts'
import { oneLine, shorten } from './text.ts'
import { DRIFT_LABELS } from './words.ts'

const OCSF_VERSION = '1.9.0'
const CATEGORY = { category_uid: 2, category_name: 'Findings' } as const
const CLASS = { class_uid: 2004, class_name: 'Detection Finding' } as const
const ACTIVITIES = { 1: 'Create', 2: 'Update', 3: 'Close' } as const
const STATUSES = { 1: 'New', 2: 'In Progress', 4: 'Resolved' } as const
const SEVERITY_IDS = { critical: 5, high: 4, medium: 3, low: 2 } as const
const SEVERITY_NAMES = {
  5: 'Critical',
  4: 'High',
  3: 'Medium',
  2: 'Low',
  1: 'Informational',
} as const

type Stage = {
  readonly activity: keyof typeof ACTIVITIES
  readonly status: keyof typeof STATUSES
}
const STAGES: { readonly [act in NoticeAct]: Stage } = {
  open: { activity: 1, status: 1 },
  escalate: { activity: 2, status: 1 },
  reject: { activity: 2, status: 2 },
  resolve: { activity: 3, status: 4 },
}

export type Finding = { readonly [attribute: string]: unknown }

/** One finding; of a digest a list, in which what happened to an alert is told step by step. */
export function ocsfOf(notice: Notice, context: Context): Finding | readonly Finding[] {
  switch (notice.type) {
    case 'alert':
      return alertFinding(notice, context)
    case 'digest':
      return notice.notices
        .slice(0, context.bounds.listMax)
        .map((each) => alertFinding(each, context))
    case 'budget':
    case 'test': {
      const { lead, title } = compose(notice, context)
      const severity = notice.type === 'budget' ? 2 : 1
      const info = { uid: noticeKey(notice, context.links), title, desc: lead }
      return {
        ...frame(notice, context, { stage: STAGES.open, severity, title }),
        is_alert: notice.type === 'budget',
        finding_info: { ...info, types: [notice.type === 'budget' ? 'Alert budget' : 'Test'] },
      }
    }
  }
}

function alertFinding(notice: AlertNotice, context: Context): Finding {
  const { alert, act, why, atMs } = notice
  const { bounds, links } = context
  const { title, lead, sections } = compose(notice, context)
  const desc = [lead, ...sections.flatMap(({ lines }) => lines.map(({ text }) => text))].join('\n')
  const kind = DRIFT_LABELS[alert.kind]
  const stage = STAGES[act]
  const target = alert.target ?? alert.source
  return {
    ...frame(notice, context, { stage, severity: SEVERITY_IDS[alert.severity], title }),
    is_alert: act === 'open' || act === 'escalate',
    ...(why === '' ? {} : { status_detail: oneLine(why, bounds.textMax) }),
    finding_info: {
      uid: episodeKey(alert, links),
      title,
      desc,
      types: [kind],
      analytic: { type_id: 1, type: 'Rule', uid: alert.kind, name: kind },
      first_seen_time: timeOf(alert.firstAtMs),
      last_seen_time: timeOf(alert.lastAtMs),
      modified_time: timeOf(atMs),
      src_url: links.alertUrl(alert.id),
    },
    evidences: [
      {
        src_endpoint: endpointOf(alert.source, context),
        ...(alert.target ? { dst_endpoint: endpointOf(alert.target, context) } : {}),
      },
    ],
    resources: [
      { ...endpointName(target, context), type: target.kind, labels: labelsOf(notice, context) },
    ],
    unmapped: {
      environment: shorten(alert.environment, bounds.textMax),
      episode: alert.episode,
      baseline_version: alert.baselineVersion,
      ...(alert.ruleId === null ? {} : { rule_id: shorten(alert.ruleId, bounds.textMax) }),
      ...(alert.traceId === null ? {} : { trace_id: shorten(alert.traceId, bounds.textMax) }),
      ...(alert.incident === null
        ? {}
        : {
            incident: `${alert.incident.id}: ${oneLine(alert.incident.sentence, bounds.textMax)}`,
          }),
    },
  }
}

type Head = {
  readonly stage: Stage
  readonly severity: keyof typeof SEVERITY_NAMES
  readonly title: string
}

function frame({ key, atMs }: Notice, { links }: Context, { stage, severity, title }: Head) {
  const { activity, status } = stage
  return {
    metadata: {
      version: OCSF_VERSION,
      uid: key,
      product: { name: 'Strayline', vendor_name: 'Strayline', version: links.productVersion },
    },
    ...CATEGORY,
    ...CLASS,
    activity_id: activity,
    activity_name: ACTIVITIES[activity],
    type_uid: CLASS.class_uid * 100 + activity,
    type_name: `${CLASS.class_name}: ${ACTIVITIES[activity]}`,
    severity_id: severity,
    severity: SEVERITY_NAMES[severity],
    status_id: status,
    status: STATUSES[status],
    time: timeOf(atMs),
    message: title,
  }
}

/** timestamp_t: milliseconds, a whole number. */
function timeOf(ms: number): number {
  return Number.isFinite(ms) ? Math.trunc(ms) : 0
}

function endpointName({ namespace, name }: NodeKey, { bounds }: Context) {
  return { name: shorten(namespace === '' ? name : `${namespace}/${name}`, bounds.textMax) }
}

function endpointOf(node: NodeKey, context: Context) {
  const named = endpointName(node, context)
  return node.kind === 'service' ? { ...named, svc_name: named.name } : named
}

function labelsOf({ alert }: AlertNotice, { bounds }: Context): readonly string[] {
  const named = (name: string, values: readonly string[]) =>
    values.map((value) => ({ name, value }))
  const labels = [
    ...named('owner', alert.owners),
    ...named('data', alert.dataClasses),
    ...named('reaches', alert.reachedClasses),
    ...named('exposure', alert.exposures),
  ]
  return labels
    .slice(0, bounds.itemsMax)
    .map(({ name, value }) => `${name}:${shorten(value, bounds.textMax)}`)
}
