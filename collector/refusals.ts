// Tells the database what the receivers refused, soon after it changed, so that the dashboard can say why
// nothing arrives. Nothing waits for it, and what cannot be told is told later.
import {
  REFUSAL_REASONS,
  type RefusalReason,
  type Refusals,
  writeRefusals,
} from '../storage/refusals.ts'
import type { Sql } from '../storage/sql.ts'
import { untraced } from '../telemetry/trace.ts'
import type { Log } from './log.ts'
import type { ReceiveCounters } from './receive/accept.ts'

const TELL_EVERY_MS = 2_000

export type RefusalReport = {
  /** Called now and then. */
  readonly tell: () => void
  readonly stop: () => Promise<void>
}

/** sql: for this alone; it connects at the first refusal. */
export function createRefusalReport(sql: Sql, counters: ReceiveCounters, log: Log): RefusalReport {
  let told = countRefusals(counters)
  let toldAtMs = 0
  let isTelling = false
  const tell = () => {
    if (isTelling || performance.now() - toldAtMs < TELL_EVERY_MS) return
    const refusals = countRefusals(counters)
    const changed = REFUSAL_REASONS.filter((reason) => refusals[reason] !== told[reason])
    if (changed.length === 0) return
    isTelling = true
    const news = Object.fromEntries(changed.map((reason) => [reason, refusals[reason]]))
    // Our own spans may be what was refused: a span about it would be the next one.
    untraced(() => writeRefusals(sql, news, Date.now()))
      .then(
        () => {
          told = refusals
        },
        (error: unknown) => log.warn({ event: 'refusals.untold', error }),
      )
      .finally(() => {
        isTelling = false
        toldAtMs = performance.now()
      })
  }
  return { tell, stop: () => sql.end({ timeout: 1 }) }
}

const CODES: { readonly [reason in RefusalReason]: readonly string[] } = {
  unauthorized: ['401', 'UNAUTHENTICATED'],
  undecodable: ['400', 'INVALID_ARGUMENT'],
  otherSignal: ['501', 'UNIMPLEMENTED'],
  malformedSpan: [],
}

/** The receivers count their answers by `protocol code`. */
function countRefusals({ requests, rejectedSpans }: ReceiveCounters): Refusals {
  const counts = { unauthorized: 0, undecodable: 0, otherSignal: 0, malformedSpan: rejectedSpans }
  for (const [key, answers] of requests) {
    const code = key.split(' ')[1] ?? ''
    const reason = REFUSAL_REASONS.find((each) => CODES[each].includes(code))
    if (reason) counts[reason] += answers
  }
  return counts
}
