// /api/v1/comparisons: any two of a version, a live window and content, side by side.
import { windowRange } from '../../../../components/map/windows.ts'
import { isSame } from '../../../../core/baseline/compare.ts'
import { type ComparedSide, compareSides } from '../../../../storage/baseline-compare.ts'
import { COMPARE_BASELINES } from '../../../contract/routes/comparisons.ts'
import { methods, type RouteInput, serve } from '../../../contract/serve.ts'
import { database } from '../../../database.ts'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = methods(
  serve(COMPARE_BASELINES, async ({ body: { left, right } }) => {
    const nowMs = Date.now()
    const [from, to] = [toCompared(left, nowMs), toCompared(right, nowMs)]
    const comparison = await compareSides(database(), from, to)
    return { isSame: isSame(comparison), ...comparison }
  }),
)

type Side = RouteInput<typeof COMPARE_BASELINES>['body']['left']

function toCompared(given: Side, nowMs: number): ComparedSide {
  if (given.side !== 'window') return given
  const { side, environment, window } = given
  return { side, environment, ...windowRange(window, nowMs) }
}
