// Prometheus text: the counters of the accounting identity (DESIGN section 2) and what an operator watches.
// accepted = duplicate + pending + the sum of the classes. A correction moves a span from one class to another,
// so classes are gauges. Source: prometheus.io, "Metric and label naming", "Exposition formats".
import { SPAN_CLASSES } from '../core/fold/calls.ts'
import { journalBytes } from './journal/journal.ts'
import { type CollectorStatus, lagMs } from './status.ts'

type Sample = { readonly labels?: { readonly [label: string]: string }; readonly value: number }
type Metric = {
  readonly name: string
  readonly type: 'counter' | 'gauge'
  readonly help: string
  readonly samples: readonly Sample[]
}

/** Every metric of the collector as Prometheus text. nowMs: wall clock. */
export function renderMetrics(status: CollectorStatus, nowMs: number): string {
  const metrics = [
    ...receiveMetrics(status),
    ...journalMetrics(status),
    ...foldMetrics(status),
    ...commitMetrics(status, nowMs),
  ]
  return metrics.map(renderMetric).join('')
}

function receiveMetrics(status: CollectorStatus): Metric[] {
  const { counters, budget } = status.intake
  const requests = [...counters.requests].map(([key, value]) => {
    const [protocol = '', code = ''] = key.split(' ')
    return { labels: { protocol, code }, value }
  })
  const limits = [...counters.limits].map(([limit, value]) => ({ labels: { limit }, value }))
  return [
    family('requests_total', 'counter', 'Answers by protocol and code.', requests),
    family('limit_hits_total', 'counter', 'How often each limit bit.', limits),
    counter('spans_rejected_total', 'Spans left out at decode.', counters.rejectedSpans),
    counter('links_cut_total', 'Span links left out at decode.', counters.cutLinks),
    gauge('bodies_bytes', 'Request bodies in memory.', budget.bytes),
  ]
}

function journalMetrics(status: CollectorStatus): Metric[] {
  const { journal } = status
  const { counters, clock, digests, opened } = journal
  return [
    gauge('journal_bytes', 'Journal on disk.', journalBytes(journal)),
    gauge('journal_limit_bytes', 'Size limit of the journal.', journal.bytesMax),
    gauge('journal_durable_offset_bytes', 'End of the durable records.', journal.durableOffset),
    counter('journal_requests_total', 'Requests appended.', counters.appended),
    counter('journal_ticks_total', 'Ticks appended.', counters.ticks),
    counter('journal_syncs_total', 'fdatasync calls; one may serve many requests.', counters.syncs),
    counter('journal_full_total', 'Requests refused by a full journal.', counters.full),
    counter('journal_disk_errors_total', 'Groups taken back on a disk error.', counters.diskErrors),
    counter('journal_cut_bytes_total', 'Torn tail cut at start.', opened.cutBytes),
    counter('requests_repeated_total', 'Retries given their first answer.', counters.repeated),
    counter('digests_evicted_total', 'Digests forgotten early.', digests.evicted),
    counter('clock_gaps_total', 'Jumps of arrival time of over a minute.', clock.gaps),
    counter('clock_steps_back_total', 'Steps back of the wall clock.', clock.stepsBack),
  ]
}

function foldMetrics(status: CollectorStatus): Metric[] {
  const folded = status.progress?.counters
  if (!folded) return []
  const classes = SPAN_CLASSES.map((name) => ({
    labels: { class: snakeCase(name) },
    value: folded[name],
  }))
  const overflows = [
    { labels: { limit: 'shapes' }, value: folded.overflowedShapes },
    { labels: { limit: 'environments' }, value: folded.overflowedEnvironments },
    { labels: { limit: 'nodes' }, value: folded.overflowedNodes },
    { labels: { limit: 'edges' }, value: folded.overflowedEdges },
    { labels: { limit: 'operations' }, value: folded.overflowedOperations },
  ]
  return [
    counter('spans_accepted_total', 'Spans folded.', folded.accepted),
    counter('spans_duplicate_total', 'Spans that came before.', folded.duplicate),
    gauge('spans_pending', 'Spans that are not final yet.', folded.pending),
    family('spans_classified', 'gauge', 'Final spans by class.', classes),
    counter('spans_evicted_early_total', 'Final early: memory was full.', folded.evictedEarly),
    counter('traces_forgotten_early_total', 'Final ones, memory was full.', folded.forgottenEarly),
    counter('links_over_limit_total', 'Links the fold had no room for.', folded.linksCut),
    counter('spans_corrected_total', 'Counts taken back for late spans.', folded.corrected),
    counter('spans_clock_skewed_total', 'Counted at arrival time.', folded.clockSkewed),
    family('overflows_total', 'counter', 'What went to an overflow name, by limit.', overflows),
  ]
}

function commitMetrics(status: CollectorStatus, nowMs: number): Metric[] {
  const { progress } = status
  const lag = gauge('commit_lag_seconds', 'Oldest uncommitted record.', lagMs(status, nowMs) / 1000)
  if (!progress) return [lag]
  return [
    lag,
    gauge('database_up', '1 when the last commit reached it.', Number(progress.isDatabaseUp)),
    counter('commits_total', 'Commits.', progress.commits),
    counter('commit_seconds_total', 'Time spent in commits.', progress.commitSeconds),
    counter('commit_failures_total', 'Failed tries of a commit.', progress.commitFailures),
    counter('snapshots_total', 'Snapshots of the fold.', progress.snapshots),
    gauge(
      'state_lost',
      '1 when what was pending at the start is lost.',
      Number(status.isStateLost),
    ),
    counter('journal_gap_bytes_total', 'Journal lost to the disk.', progress.gapBytes),
    gauge('set_aside', 'Records and results set aside.', progress.setAside),
  ]
}

function counter(name: string, help: string, value: number): Metric {
  return family(name, 'counter', help, [{ value }])
}

function gauge(name: string, help: string, value: number): Metric {
  return family(name, 'gauge', help, [{ value }])
}

function family(
  name: string,
  type: Metric['type'],
  help: string,
  samples: readonly Sample[],
): Metric {
  return { name: `strayline_${name}`, type, help, samples }
}

function renderMetric({ name, type, help, samples }: Metric): string {
  const lines = samples.map(({ labels, value }) => `${name}${renderLabels(labels)} ${value}\n`)
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`
}

/** Label values are our own words: nothing a sender wrote gets here. */
function renderLabels(labels: Sample['labels']): string {
  if (!labels) return ''
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
  return `{${pairs.join(',')}}`
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
