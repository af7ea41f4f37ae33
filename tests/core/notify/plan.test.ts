// When a notice is told: at once, with its slot, after quiet hours. The time is always an argument.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SEVERITIES } from '../../../core/baseline/drift.ts'
import {
  type AlertNotice,
  DIGEST_NOTICES_MAX,
  NOTICE_ACTS,
  type Notice,
} from '../../../core/notify/notice.ts'
import { gather, planDelivery } from '../../../core/notify/plan.ts'
import { endOfQuiet } from '../../../core/notify/quiet.ts'
import type { RouteSettings } from '../../../core/notify/route.ts'
import { facts, notice, quiet, settings } from './routing.ts'

const MINUTE_MS = 60_000
const at = (iso: string) => Date.parse(iso)
const severe = (severity: (typeof SEVERITIES)[number], given: Partial<AlertNotice> = {}) =>
  notice({ alert: facts({ severity }), ...given })
const dueOf = (given: RouteSettings, told: Notice, now: string) => {
  const plan = planDelivery(given, told, at(now))
  return plan && new Date(plan.dueAtMs).toISOString().replace(':00.000Z', 'Z')
}

const DAY = '2026-01-15T12:07:00Z'
const NIGHT = '2026-01-15T02:00:00Z'
const NIGHTLY = settings({ quiet: quiet() })
const HALF_HOURS = settings({ digestMinutes: 30 })

test('without quiet hours and digest it is told at once, by itself', () => {
  expect(planDelivery(settings(), notice(), at(NIGHT))).toEqual({ dueAtMs: at(NIGHT), batch: null })
})

describe('quiet hours', () => {
  test('hold what is not urgent until they end, as one', () => {
    const plan = planDelivery(NIGHTLY, severe('high'), at(NIGHT))
    expect(plan).toEqual({
      dueAtMs: at('2026-01-15T06:00Z'),
      batch: String(at('2026-01-15T06:00Z')),
    })
    expect(planDelivery(NIGHTLY, severe('low'), at('2026-01-15T05:00Z'))).toEqual(plan)
    expect(planDelivery(NIGHTLY, severe('low'), at(DAY))?.batch).toBeNull()
  })

  test.each([
    ['critical', 'critical', true],
    ['critical', 'high', false],
    ['medium', 'medium', true],
    ['medium', 'high', true],
    ['medium', 'low', false],
    [null, 'critical', false],
  ] as const)('with %s as urgent, %s passes: %s', (urgent, severity, passes) => {
    const given = settings({ quiet: quiet({ urgent }) })
    const plan = planDelivery(given, severe(severity), at(NIGHT))
    expect(plan?.batch === null).toBe(passes)
    expect(plan?.dueAtMs === at(NIGHT)).toBe(passes)
  })
})

describe('digests', () => {
  test.each([
    ['in a slot', '2026-01-15T12:07:00Z', '2026-01-15T12:30Z'],
    ['at the first instant of one', '2026-01-15T12:30:00Z', '2026-01-15T13:00Z'],
    ['at its last', '2026-01-15T12:29:59.999Z', '2026-01-15T12:30Z'],
  ])('%s', (_, now, due) => {
    expect(dueOf(HALF_HOURS, severe('critical'), now)).toBe(due)
  })

  test('of a day end at midnight in UTC', () => {
    expect(dueOf(settings({ digestMinutes: 1440 }), notice(), DAY)).toBe('2026-01-16T00:00Z')
  })

  test('whose slot ends in quiet hours wait for their end', () => {
    const both = settings({ digestMinutes: 60, quiet: quiet() })
    expect(dueOf(both, notice(), '2026-01-15T20:30:00Z')).toBe('2026-01-16T06:00Z')
    expect(dueOf(both, notice(), NIGHT)).toBe('2026-01-15T06:00Z')
    expect(dueOf(both, notice(), DAY)).toBe('2026-01-15T13:00Z')
  })

  test('are passed by what is urgent, by day, too', () => {
    const both = settings({ digestMinutes: 60, quiet: quiet() })
    expect(planDelivery(both, severe('critical'), at(DAY))).toEqual({
      dueAtMs: at(DAY),
      batch: null,
    })
  })
})

test('ends are told only by routes that tell them', () => {
  const silent = settings({ tellsEnd: false })
  const planned = NOTICE_ACTS.map((act) => [
    act,
    planDelivery(silent, notice({ act }), 0) !== null,
    planDelivery(settings(), notice({ act }), 0) !== null,
  ])
  expect(planned).toEqual([
    ['open', true, true],
    ['escalate', true, true],
    ['reject', false, true],
    ['resolve', false, true],
  ])
})

test('a passed budget waits for the end of quiet hours, never for a digest; a test for nothing', () => {
  const both = settings({ digestMinutes: 60, quiet: quiet({ urgent: 'low' }) })
  const budget: Notice = {
    ...{ type: 'budget', key: 'bx.2026-01-15', atMs: 0, environment: 'prod', day: '2026-01-15' },
    ...{ zone: 'UTC', alerts: 11, target: 10 },
  }
  const due = at('2026-01-15T06:00Z')
  expect(planDelivery(both, budget, at(NIGHT))).toEqual({ dueAtMs: due, batch: null })
  expect(planDelivery(both, budget, at(DAY))).toEqual({ dueAtMs: at(DAY), batch: null })
  const trial: Notice = { type: 'test', key: 't1', atMs: 0, channel: 'pager', actor: 'a@b.c' }
  expect(planDelivery(both, trial, at(NIGHT))).toEqual({ dueAtMs: at(NIGHT), batch: null })
})

describe('what is told together', () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, i) => notice({ key: `a${i}.${i}`, atMs: 1000 + i }))

  test('is itself when it is one', () => {
    const [only] = many(1)
    expect(gather('7', 5000, many(1))).toEqual(only)
  })

  test('is a digest of all of it, from the first to its time', () => {
    expect(gather('7', 5000, many(3))).toEqual({
      ...{ type: 'digest', key: 'd7.5000', atMs: 5000, fromMs: 1000, toMs: 5000 },
      ...{ notices: many(3), noticesTotal: 3 },
    })
  })

  test('is counted beyond what a digest shows', () => {
    const digest = gather('7', 5000, many(DIGEST_NOTICES_MAX + 5))
    expect(digest).toMatchObject({ type: 'digest', noticesTotal: DIGEST_NOTICES_MAX + 5 })
    expect(digest.type === 'digest' && digest.notices.length).toBe(DIGEST_NOTICES_MAX)
  })
})

const clock = fc.integer({ min: 0, max: 47 }).map((half) => {
  return `${String(Math.floor(half / 2)).padStart(2, '0')}:${half % 2 === 0 ? '00' : '30'}`
})
const anySettings = fc
  .record({
    digestMinutes: fc.constantFrom(0, 0, 1, 7, 30, 60, 1440),
    tellsEnd: fc.boolean(),
    quiet: fc.option(
      fc.record({
        zone: fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'),
        windows: fc.array(
          // Not all days, so that there is always an end.
          fc.record({
            days: fc.subarray([1, 2, 3, 4, 5], { minLength: 1 }),
            from: clock,
            to: clock,
          }),
          { minLength: 1, maxLength: 3 },
        ),
        urgent: fc.constantFrom(null, ...SEVERITIES),
      }),
    ),
  })
  .map(settings)
const anyNotice = fc
  .record({ severity: fc.constantFrom(...SEVERITIES), act: fc.constantFrom(...NOTICE_ACTS) })
  .map(({ severity, act }) => severe(severity, { act }))
const anyTime = fc.integer({ min: at('2026-01-01T00:00Z'), max: at('2027-01-01T00:00Z') })

test('it is due now or later, outside of quiet hours unless it is urgent, and planned again the same', () => {
  fc.assert(
    fc.property(anySettings, anyNotice, anyTime, (given, told, now) => {
      const plan = planDelivery(given, told, now)
      expect(planDelivery(given, told, now)).toEqual(plan)
      if (plan === null) return
      expect(plan.dueAtMs).toBeGreaterThanOrEqual(now)
      expect(plan.batch).toBe(plan.dueAtMs > now ? String(plan.dueAtMs) : null)
      const { quiet: hours } = given
      const isUrgent =
        hours?.urgent != null &&
        SEVERITIES.indexOf(told.alert.severity) <= SEVERITIES.indexOf(hours.urgent)
      if (isUrgent) expect(plan.dueAtMs).toBe(now)
      else if (hours) expect(endOfQuiet(hours, plan.dueAtMs)).toBe(plan.dueAtMs)
    }),
    { numRuns: 400 },
  )
})

test('all of a slot are due together, in the order in which they came', () => {
  fc.assert(
    fc.property(anySettings, anyTime, fc.integer({ min: 0, max: 1440 }), (given, now, minutes) => {
      const plan = (ms: number) => planDelivery(given, severe('low'), ms)!
      const later = now + minutes * MINUTE_MS
      if (given.quiet?.urgent === 'low') return
      expect(plan(later).dueAtMs).toBeGreaterThanOrEqual(plan(now).dueAtMs)
      const slotMs = given.digestMinutes * MINUTE_MS
      if (slotMs > 0 && Math.floor(now / slotMs) === Math.floor(later / slotMs))
        expect(plan(later)).toEqual(plan(now))
    }),
    { numRuns: 400 },
  )
})
