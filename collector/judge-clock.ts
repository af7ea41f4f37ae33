// Has the database judged by the clock (storage/judge-clock.ts), once at the start and once a minute from then on: what
// expires, tags that came with spans, services that stay without edges. Only who holds the collector's lock does it.
import { judgeByClock } from '../storage/judge-clock.ts'
import type { Sql } from '../storage/sql.ts'
import { untraced } from '../telemetry/trace.ts'
import type { Log } from './log.ts'

const JUDGE_EVERY_MS = 60_000

export type JudgeClock = {
  /** What has begun gets a second to end. */
  readonly stop: () => Promise<void>
}

/** sql: for this alone. A failure is logged, and a minute later it is tried again. */
export function startJudgeClock(sql: Sql, isHeld: () => boolean, log: Log): JudgeClock {
  let judging: Promise<void> | null = null
  const judge = async () => {
    try {
      // Looking once a minute for what is hardly ever there is nothing to tell anybody of.
      const { judged, told } = await untraced(() => judgeByClock(sql, Date.now()))
      if (judged.length + told > 0) log.info({ event: 'clock.judged', judged, told })
    } catch (error) {
      log.error({ event: 'clock.failed', error })
    } finally {
      judging = null
    }
  }
  const tick = () => {
    if (judging === null && isHeld()) judging = judge()
  }
  const timer = setInterval(tick, JUDGE_EVERY_MS)
  tick()
  return {
    stop: async () => {
      clearInterval(timer)
      await sql.end({ timeout: 1 })
      await judging
    },
  }
}
