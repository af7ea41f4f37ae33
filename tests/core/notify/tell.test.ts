// Which events are told, as which act, and in which words.
import { describe, expect, test } from 'vitest'
import {
  ALERT_ACTIONS,
  type AlertAction,
  type AlertState,
} from '../../../core/baseline/alert-state.ts'
import { actOf, tellOf, whyOf } from '../../../core/notify/tell.ts'
import { happening } from './routing.ts'

test('every action has its act, or is not told', () => {
  const acts = ALERT_ACTIONS.map((action) => [action, actOf({ action, undone: null }, 'open')])
  expect(Object.fromEntries(acts)).toEqual({
    opened: 'open',
    reopened: 'open',
    flapping: 'open',
    escalated: 'escalate',
    rejected: 'reject',
    accepted: 'resolve',
    withdrawn: 'resolve',
    recovered: 'resolve',
    reclassified: null,
    proposed: null,
    snoozed: null,
    assigned: null,
    commented: null,
    undone: null,
  })
})

describe('an undo', () => {
  test.each([
    ['accept', 'open', 'open'],
    ['accept', 'snoozed', 'open'],
    ['accept', 'flapping', 'open'],
    ['accept', 'rejected', 'reject'],
    ['reject', 'open', 'open'],
    ['reject', 'accepted', 'resolve'],
    ['reject', 'recovered', 'resolve'],
    ['reject', 'withdrawn', 'resolve'],
    ['snooze', 'open', null],
    ['assign', 'open', null],
  ] as const)('of %s that leaves it %s is told as %s', (undone, state, act) => {
    expect(actOf({ action: 'undone', undone }, state)).toBe(act)
  })
})

describe('what is told of one turn', () => {
  const told = (actions: readonly AlertAction[], state: AlertState = 'open') =>
    tellOf(
      actions.map((action) => happening(action)),
      state,
    ).map(({ act }) => act)

  test.each([
    [['opened'], ['open']],
    [['opened', 'assigned', 'commented'], ['open']],
    [['opened', 'escalated'], ['open']],
    [['opened', 'escalated', 'escalated'], ['open']],
    [
      ['escalated', 'escalated'],
      ['escalate', 'escalate'],
    ],
    [
      ['opened', 'rejected'],
      ['open', 'reject'],
    ],
    [['opened', 'withdrawn'], ['resolve']],
    [['escalated', 'accepted'], ['resolve']],
    [
      ['withdrawn', 'reopened'],
      ['resolve', 'open'],
    ],
    [['withdrawn', 'reopened', 'recovered'], ['resolve']],
    [
      ['withdrawn', 'reopened', 'recovered', 'reopened', 'escalated'],
      ['resolve', 'open'],
    ],
    [['snoozed'], []],
  ] as const)('%j: %j', (actions, acts) => {
    expect(told(actions)).toEqual(acts)
  })
})

describe('why', () => {
  test.each([
    ['opened', null, '', ''],
    ['reopened', null, 'It was seen again a day after it was rejected.', ''],
    ['withdrawn', null, '', 'What came later disproved it.'],
    ['recovered', null, 'Not seen for 7 days.', ''],
    [
      'accepted',
      'ann@example.com',
      'Planned, see OPS-1',
      'Accepted by ann@example.com: Planned, see OPS-1',
    ],
    ['rejected', 'ann@example.com', '', 'Rejected by ann@example.com.'],
    ['undone', 'ann@example.com', ' two\n lines ', 'Undone by ann@example.com: two lines'],
  ] as const)('of %s by %s with %j', (action, actor, reason, said) => {
    expect(whyOf(happening(action, { actor, reason }))).toBe(said || reason)
  })
})
