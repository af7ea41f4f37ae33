// What speaks for and against an alert: each a true sentence, computed from the baseline, the tags and
// the roll-outs at hand. What is not known is not said.
import { nodeId } from '../graph/node.ts'
import type { BaselineEntry, QuarantineReason } from './content.ts'
import { edgeId } from './drift.ts'
import { isPublic, tagsOf } from './inventory.ts'
import { type Baseline, isExpired, isKnown, type Moment } from './prepare.ts'
import { countOf, listOf, nameOf, quote, startName, timeOf } from './sentence.ts'
import type { Finding } from './summary.ts'

/**
 * By nodeId of a service: its newest version, and when that was first seen (unix ms). Services of
 * which no version is known are left out.
 */
export type Rollouts = ReadonlyMap<string, { readonly version: string; readonly sinceMs: number }>

type ReasonContext = Moment & { readonly rollouts: Rollouts }
type Reason = (finding: Finding, baseline: Baseline, context: ReasonContext) => readonly string[]

/** An edge that begins this near to a new version of its source is taken to come with it. */
const ROLLOUT_MS = 1_800_000
const MINUTE_MS = 60_000

export function reasonsFor(...about: Parameters<Reason>): readonly string[] {
  return FOR.flatMap((reason) => reason(...about))
}

export function reasonsAgainst(...about: Parameters<Reason>): readonly string[] {
  return AGAINST.flatMap((reason) => reason(...about))
}

const isUnheld = ({ holders }: Finding) => holders.length === 0

const inTheClear: Reason = ({ kind, edge }) =>
  kind === 'downgraded'
    ? [`${edge.plainCalls} of ${countOf(edge.calls, 'call was', 'calls were')} in the clear.`]
    : []

const rulePurpose: Reason = ({ rule }) =>
  rule && rule.purpose !== '' ? [`The rule ${quote(rule.id)} says: ${quote(rule.purpose)}.`] : []

const firstDatabase: Reason = (finding, baseline) => {
  const { source, target } = finding.edge
  const isFirst = target.kind === 'database' && !baseline.databaseUsers.has(nodeId(source))
  return isUnheld(finding) && isFirst
    ? [`The baseline has no other database access by ${nameOf(source)}.`]
    : []
}

const unknownEnds: Reason = (finding, baseline) => {
  const { source, target } = finding.edge
  if (!isUnheld(finding)) return []
  return [source, target]
    .filter((node) => !baseline.nodes.has(nodeId(node)))
    .map((node) => `No entry of the baseline names ${nameOf(node)}.`)
}

const QUARANTINE: { readonly [reason in QuarantineReason]: string } = {
  one_trace: 'it was seen in one trace only',
  one_instance: 'only one of several instances of the caller made it',
  last_hour: 'it was seen in the last hour of learning only',
}

const quarantined: Reason = (finding, baseline) =>
  isUnheld(finding)
    ? entriesOf(finding, baseline)
        .filter((entry) => !isKnown(entry, baseline))
        .map(({ quarantine }) => {
          const why = listOf(quarantine.map((reason) => QUARANTINE[reason]))
          return `Learning put this edge aside, and nobody has approved it: ${why}.`
        })
    : []

const classifiedStores: Reason = ({ reaches }) =>
  reaches.storesTotal > 0
    ? [
        `Over this edge classified data can be reached: ${listOf(
          reaches.stores.map(
            ({ node, dataClasses }) => `${nameOf(node)} (${listOf(dataClasses.map(quote))})`,
          ),
          reaches.storesTotal,
        )}.`,
      ]
    : []

const exposed: Reason = ({ edge: { source } }, _, { tags }) =>
  isPublic(tags, source) ? [`${startName(source)} is exposed to the public.`] : []

const noRollout: Reason = (finding, _, { rollouts }) => {
  const { source, firstSeenMs } = finding.edge
  const rollout = rollouts.get(nodeId(source))
  return isUnheld(finding) && rollout && !isNear(rollout.sinceMs, firstSeenMs)
    ? [
        `No version of ${nameOf(source)} began near its first call: ${quote(rollout.version)} is seen since ${timeOf(rollout.sinceMs)}.`,
      ]
    : []
}

const sameRollout: Reason = (finding, _, { rollouts }) => {
  const { source, firstSeenMs } = finding.edge
  const rollout = rollouts.get(nodeId(source))
  if (!isUnheld(finding) || !rollout || !isNear(rollout.sinceMs, firstSeenMs)) return []
  const minutes = Math.round(Math.abs(firstSeenMs - rollout.sinceMs) / MINUTE_MS)
  const when =
    minutes === 0
      ? 'at the time of'
      : `${countOf(minutes, 'minute', 'minutes')} ${firstSeenMs >= rollout.sinceMs ? 'before' : 'after'}`
  return [
    `Version ${quote(rollout.version)} of ${nameOf(source)} was first seen ${when} its first call.`,
  ]
}

const otherCallers: Reason = (finding, baseline) => {
  const { source, target } = finding.edge
  const callers = baseline.callers.get(nodeId(target))
  if (!isUnheld(finding) || !callers) return []
  const isItself = entriesOf(finding, baseline).some((entry) => isKnown(entry, baseline))
  const total = callers.total - (isItself ? 1 : 0)
  const near = (callers.byNamespace.get(source.namespace) ?? 0) - (isItself ? 1 : 0)
  if (total === 0) return []
  const sentence = `The baseline has ${countOf(total, 'other caller', 'other callers')} of ${nameOf(target)}`
  return source.namespace === '' || near === 0
    ? [`${sentence}.`]
    : [
        `${sentence}, ${near} of them in namespace ${quote(source.namespace)} like ${nameOf(source)}.`,
      ]
}

const sameOwner: Reason = (finding, _, { tags }) => {
  const { source, target } = finding.edge
  const { owner } = tagsOf(tags, source)
  return isUnheld(finding) && owner !== '' && owner === tagsOf(tags, target).owner
    ? [`${startName(source)} and ${nameOf(target)} have one owner, ${quote(owner)}.`]
    : []
}

/** An entry that once held the edge, or would if a rule did not deny it. */
const approvedOnce: Reason = (finding, baseline, moment) =>
  isUnheld(finding)
    ? entriesOf(finding, baseline)
        .filter((entry) => isKnown(entry, baseline))
        .map((entry) => {
          const who = entry.approver === '' ? '' : ` by ${quote(entry.approver)}`
          const why = entry.purpose === '' ? '' : ` for ${quote(entry.purpose)}`
          const until = isExpired(entry, moment) ? `, until ${timeOf(entry.expiresAtMs!)}` : ''
          return `This edge was approved${who}${why}${until}.`
        })
    : []

const FOR: readonly Reason[] = [
  rulePurpose,
  inTheClear,
  classifiedStores,
  firstDatabase,
  unknownEnds,
  exposed,
  quarantined,
  noRollout,
]

const AGAINST: readonly Reason[] = [approvedOnce, sameRollout, otherCallers, sameOwner]

function entriesOf({ edge }: Finding, baseline: Baseline): readonly BaselineEntry[] {
  return baseline.entries.get(edgeId(edge)) ?? []
}

function isNear(sinceMs: number, firstSeenMs: number): boolean {
  return Math.abs(firstSeenMs - sinceMs) <= ROLLOUT_MS
}
