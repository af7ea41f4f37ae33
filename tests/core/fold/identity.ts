// The accounting identity (DESIGN section 2), which holds at every moment.
import { expect } from 'vitest'
import { SPAN_CLASSES } from '../../../core/fold/calls.ts'
import { type Fold, foldCounters } from '../../../core/fold/fold.ts'

/** Every span accepted is in one class, pending or a duplicate; no counter is below zero. */
export function expectIdentity(fold: Fold): void {
  const counters = foldCounters(fold)
  const final = SPAN_CLASSES.reduce((sum, name) => sum + counters[name], 0)
  expect(counters.accepted).toBe(counters.duplicate + counters.pending + final)
  for (const [name, value] of Object.entries(counters))
    expect([name, value >= 0]).toEqual([name, true])
}
