// What becomes of one alert by sight, time and decisions, kept by the simplest means: the whole history is looked at
// anew at each moment.
import type { AlertState } from '../../core/baseline/alert-state.ts'

export const MINUTE_MS = 60_000
export const DAY_MS = 1_440 * MINUTE_MS
export const RECOVER_AFTER_MS = 30 * MINUTE_MS

/** Time passes, with the clock looking or not; then the edge is seen or not; then a person decides or not. */
export type Moment = {
  readonly minutes: number
  readonly isWatched: boolean
  readonly isSeen: boolean
  readonly decision: 'reject' | 'snooze' | null
}
export const SNOOZE_MS = 60 * MINUTE_MS

const WAITING: readonly AlertState[] = ['open', 'snoozed', 'flapping']

export class RecoveryModel {
  state: AlertState = 'open'
  episode = 1
  readonly events: string[] = ['opened']
  nowMs: number
  private seenMs: number
  private changedMs: number
  private watchedSinceMs: number
  private snoozedUntilMs = 0
  private readonly recoveredAtMs: number[] = []

  constructor(startMs: number) {
    this.nowMs = startMs
    this.seenMs = startMs
    this.changedMs = startMs
    this.watchedSinceMs = startMs
  }

  /** One run of the clock. */
  pass({ minutes, isWatched, isSeen }: Moment): void {
    this.nowMs += minutes * MINUTE_MS
    if (!isWatched && minutes > 15) this.watchedSinceMs = this.nowMs
    if (isSeen) this.seenMs = this.nowMs
    if (this.state === 'recovered' && isSeen) this.comeBack()
    if (WAITING.includes(this.state)) this.rest()
    if (this.state === 'snoozed' && this.snoozedUntilMs <= this.nowMs)
      this.become('open', 'reopened')
    if (this.state === 'rejected' && this.seenMs - this.changedMs >= DAY_MS) {
      this.episode++
      this.become('open', 'reopened')
    }
  }

  decide(decision: Moment['decision']): boolean {
    if (decision === null || !WAITING.includes(this.state)) return false
    this.snoozedUntilMs = this.nowMs + SNOOZE_MS
    if (decision === 'reject') this.become('rejected', 'rejected')
    else this.become('snoozed', 'snoozed')
    return true
  }

  private comeBack(): void {
    const lately = this.recoveredAtMs.filter((atMs) => this.nowMs - atMs <= DAY_MS)
    this.episode++
    if (lately.length >= 3) this.become('flapping', 'flapping')
    else this.become('open', 'reopened')
  }

  private rest(): void {
    const neededMs = this.state === 'flapping' ? DAY_MS : RECOVER_AFTER_MS
    const sinceMs = Math.max(this.seenMs, this.changedMs, this.watchedSinceMs)
    if (this.nowMs - sinceMs < neededMs) return
    this.recoveredAtMs.push(this.nowMs)
    this.become('recovered', 'recovered')
  }

  private become(state: AlertState, event: string): void {
    this.state = state
    this.changedMs = this.nowMs
    this.events.push(event)
  }
}
