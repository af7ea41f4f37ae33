// /api/v1/environments/ENVIRONMENT/backtest: what a baseline, a route or settings would have told over stored history.
import { askBacktest } from '../../../../../backtest/ask-backtest.ts'
import { BACKTEST, windowOf } from '../../../../../contract/routes/backtest.ts'
import { methods, serve } from '../../../../../contract/serve.ts'
import { problem } from '../../../../../problem.ts'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = methods(
  serve(BACKTEST, async ({ params: { environment }, body, request }) => {
    const nowMs = Date.now()
    const { window: given, ...asked } = body
    const window = windowOf(given, nowMs)
    if (window === null)
      return problem(400, 'window: fromMs must be before toMs and now, by 400 days at most.')
    const place = { nowMs, window: { environment, ...window } }
    return askBacktest({ ...asked, ...place }, request.signal)
  }),
)
