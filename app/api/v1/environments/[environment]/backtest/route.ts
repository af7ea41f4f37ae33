// /api/v1/environments/ENVIRONMENT/backtest: what a baseline, a route or settings would have told over stored history.
import { answerBacktest } from '../../../../../answer-backtest.ts'
import { BACKTEST, windowOf } from '../../../../../contract/routes/backtest.ts'
import { methods, serve } from '../../../../../contract/serve.ts'
import { database } from '../../../../../database.ts'
import { problem } from '../../../../../problem.ts'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = methods(
  serve(BACKTEST, async ({ params: { environment }, body }) => {
    const nowMs = Date.now()
    const { window: given, ...asked } = body
    const window = windowOf(given, nowMs)
    if (window === null)
      return problem(400, 'window: fromMs must be before toMs and now, by 400 days at most.')
    return answerBacktest(database(), { ...asked, nowMs, window: { environment, ...window } })
  }),
)
