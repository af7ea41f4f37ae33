// Backtests run in a thread, one at a time, so that they hold up no page. Few wait: nobody is served by an answer that
// comes after minutes of other people's.
import { createThreadQueue, type RunInThread } from '../thread-queue.ts'
import type { AskedBacktest, BacktestAnswer } from './answer-backtest.ts'

/** One runs, two wait. */
const HELD_MAX = 3

export type BacktestLimits = { readonly databaseUrl: string; readonly withinMs: number }
export type BacktestWork = BacktestLimits & { readonly asked: AskedBacktest }
/** Not ok: what storage refused. */
export type BacktestOutcome =
  | { readonly ok: true; readonly answer: BacktestAnswer }
  | { readonly ok: false; readonly code: string; readonly message: string }
export type RunBacktest = RunInThread<AskedBacktest, BacktestOutcome>

/** Errors: what it gives rejects as those of a thread queue do. */
export function createBacktestQueue(limits: BacktestLimits): RunBacktest {
  const run = createThreadQueue<BacktestWork, BacktestOutcome>({
    file: new URL('./backtest-thread.ts', import.meta.url),
    ...{ withinMs: limits.withinMs, heldMax: HELD_MAX },
  })
  return (asked, leave) => run({ ...limits, asked }, leave)
}
