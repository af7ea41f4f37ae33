// A thread of its own for one backtest, which computes for seconds to minutes. It has one connection, closed before it
// answers. Node runs this file as it is, beside Next's bundles.
import { parentPort, workerData } from 'node:worker_threads'
import { StorageError } from '../../storage/failure.ts'
import { openSql } from '../../storage/sql.ts'
import { answerBacktest } from './answer-backtest.ts'
import type { BacktestOutcome, BacktestWork } from './backtest-queue.ts'

const { asked, databaseUrl, withinMs } = workerData as BacktestWork
const sql = openSql({
  ...{ url: databaseUrl, applicationName: 'strayline-web backtest', connectionsMax: 1 },
  statementMsMax: withinMs,
})
const outcome = await compute()
await sql.end()
parentPort?.postMessage(outcome)

async function compute(): Promise<BacktestOutcome> {
  try {
    return { ok: true, answer: await answerBacktest(sql, asked) }
  } catch (error) {
    // An error loses its class on the way to the other thread.
    if (error instanceof StorageError)
      return { ok: false, code: error.code, message: error.message }
    throw error
  }
}
