// Which traces count as one: a 64-bit id joins the only full id known with its low half (EDGES, Decided, R1).
import { isShortTraceId, type Store, spansOfTrace, tracesWithLowHalfOf } from './store.ts'

/** The traces that count as one with this one, which has a twin. The first is the one that owns the results. */
export function tracesAsOne(store: Store, trace: number): readonly number[] {
  const withSpans = tracesWithLowHalfOf(store, trace).filter((row) => spansOfTrace(store, row) > 0)
  const short = withSpans.find((row) => isShortTraceId(store, row))
  const full = withSpans.filter((row) => row !== short)
  if (short !== undefined && full.length === 1 && (trace === short || trace === full[0]))
    return [full[0]!, short]
  return [trace]
}

/** The traces that the id of a link's target stands for. */
export function linkedTraces(store: Store, target: number): readonly number[] {
  const group = tracesWithLowHalfOf(store, target)
  const known = group.filter((row) => spansOfTrace(store, row) > 0)
  const full = new Set(known.filter((row) => !isShortTraceId(store, row)))
  if (!isShortTraceId(store, target)) full.add(target)
  // The link's own id counts for itself, also where no span has it.
  const own = isShortTraceId(store, target) ? target : undefined
  const short = known.find((row) => isShortTraceId(store, row)) ?? own
  if (full.size === 1 && short !== undefined) return [...full, short]
  return [target]
}
