// A backtest as a route asks for it: an answer, or why there is none.
import 'server-only'
import { StorageError } from '../../storage/failure.ts'
import type { BACKTEST } from '../contract/routes/backtest.ts'
import type { RouteAnswer } from '../contract/serve.ts'
import { problem } from '../problem.ts'
import { threadFailureOf } from '../thread-failure.ts'
import { webProcess } from '../web-process.ts'
import type { AskedBacktest } from './answer-backtest.ts'
import type { BacktestOutcome } from './backtest-queue.ts'

const RETRY_AFTER_S = 10

/** leave: when the client goes away. Errors: what storage refuses. */
export async function askBacktest(
  asked: AskedBacktest,
  leave: AbortSignal,
): Promise<RouteAnswer<typeof BACKTEST>> {
  const outcome = await runBacktest(asked, leave)
  if (outcome instanceof Response) return outcome
  if (outcome.ok) return outcome.answer
  throw new StorageError(outcome.code, outcome.message)
}

async function runBacktest(
  asked: AskedBacktest,
  leave: AbortSignal,
): Promise<BacktestOutcome | Response> {
  const { backtest, config } = webProcess()
  try {
    return await backtest(asked, leave)
  } catch (error) {
    switch (threadFailureOf(error)) {
      case 'THREAD_BUSY': {
        const text = 'Other backtests run and wait. Try again in a moment.'
        return problem(429, text, { 'retry-after': String(RETRY_AFTER_S) })
      }
      case 'THREAD_LATE': {
        const text = `It took longer than ${config.backtestMsMax / 1000} s: choose a shorter window.`
        throw new StorageError('BACKTEST_TOO_LARGE', text)
      }
      case 'THREAD_LEFT':
        return problem(503, 'It was ended, because nobody waited for it any more.')
      default:
        throw error
    }
  }
}
