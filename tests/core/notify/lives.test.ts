// Lives of alerts over many turns of routing, by routes with digests and quiet hours: what must hold of any.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AlertAction } from '../../../core/baseline/alert-state.ts'
import type { Severity } from '../../../core/baseline/drift.ts'
import type { Route } from '../../../core/notify/route.ts'
import type { EarlierDelivery } from '../../../core/notify/turn.ts'
import { NIGHT, quiet, route, sentBefore, turnOf } from './routing.ts'

const ACTIONS = [
  ...(['opened', 'reopened', 'escalated', 'rejected', 'accepted', 'withdrawn'] as const),
  ...(['recovered', 'flapping', 'snoozed'] as const),
]

type LivedTurn = { readonly actions: readonly AlertAction[]; readonly severity: Severity }

/**
 * A life of an alert in turns, an hour apart, as the worker has it: what was planned is what was told before; what is
 * not held is sent at once, what is held when it is due.
 */
function live(turns: readonly LivedTurn[], routes: readonly Route[]) {
  type Sent = EarlierDelivery & { readonly dueAtMs: number; readonly at: number; gone: boolean }
  const sent: Sent[] = []
  for (const [i, { actions, severity }] of turns.entries()) {
    const nowMs = NIGHT - 8 * 3_600_000 + i * 3_600_000
    const earlier = sent
      .filter(({ gone }) => !gone)
      .map((each) => ({ ...each, isHeld: each.isHeld && each.dueAtMs > nowMs }))
    const turn = turnOf({ actions, routes, earlier, nowMs, alert: { severity } })
    for (const each of sent) if (turn.supersededIds.includes(each.id)) each.gone = true
    for (const { channelId, routeId, notice, batch, dueAtMs } of turn.deliveries) {
      const base = sentBefore(notice.act, { channelId, routeId, isHeld: batch !== null })
      sent.push({ ...base, dueAtMs, at: nowMs, gone: false })
    }
  }
  return sent
}

const anyTurns = fc.array(
  fc.record({
    actions: fc.array(fc.constantFrom(...ACTIONS), { maxLength: 4 }),
    severity: fc.constantFrom('low', 'medium', 'medium', 'high', 'critical'),
  }),
  { maxLength: 24 },
)
const anyRoute = fc.record({
  digestMinutes: fc.constantFrom(0, 90),
  quiet: fc.constantFrom(null, quiet(), quiet({ urgent: 'medium' })),
})

// A rejection may be the first that is heard: when it is urgent by now, and takes the place of what was held.
test('every channel hears of an opening before it gets worse or is resolved, in the order it happened', () => {
  fc.assert(
    fc.property(anyTurns, anyRoute, (turns, given) => {
      const heard = live(turns, [route(given)]).filter(({ gone }) => !gone)
      let isOpen = false
      for (const { act } of heard) {
        if (!isOpen) expect(['open', 'reject']).toContain(act)
        isOpen = act !== 'resolve'
      }
      const dues = heard.map(({ dueAtMs }) => dueAtMs)
      expect(dues).toEqual(dues.toSorted((a, b) => a - b))
    }),
    { numRuns: 400 },
  )
})

test('what is taken back was held and not yet due', () => {
  fc.assert(
    fc.property(anyTurns, anyRoute, (turns, given) => {
      for (const each of live(turns, [route(given)])) if (each.gone) expect(each.isHeld).toBe(true)
    }),
  )
})
