// From recorded calls and what their sampling weights say of the others, to an estimate of all.
import { WEIGHT_UNIT } from '../span/sampling.ts'
import type { Estimate } from './graph.ts'

/** Null when nothing says that calls are missing. unseen: in 1/WEIGHT_UNIT (edge.ts, BucketDelta). */
export function estimateOf(
  recorded: { readonly calls: number; readonly errors: number; readonly sampledCalls: number },
  unseen: { readonly unseenCalls: number; readonly unseenErrors: number },
): Estimate | null {
  if (recorded.sampledCalls <= 0) return null
  return {
    calls: Math.round(recorded.calls + unseen.unseenCalls / WEIGHT_UNIT),
    errors: Math.round(recorded.errors + unseen.unseenErrors / WEIGHT_UNIT),
  }
}
