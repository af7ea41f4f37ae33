// Days of a wall clock, and what is told when one has more alerts than are meant to be.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ALERT_ACTIONS } from '../../../core/baseline/alert-state.ts'
import {
  budgetDay,
  budgetDays,
  budgetKey,
  isCounted,
  planBudget,
} from '../../../core/notify/budget.ts'
import { quiet, route } from './routing.ts'

const HOUR_MS = 3_600_000
const at = (iso: string) => Date.parse(iso)
const budget = (zone: string, target = 10) => ({ environment: 'prod', zone, target })

describe('days', () => {
  test.each([
    ['UTC', '2026-01-15T23:59:59.999Z', '2026-01-15', 24],
    ['UTC', '2026-01-16T00:00:00Z', '2026-01-16', 24],
    ['Europe/Berlin', '2026-01-15T22:59:59.999Z', '2026-01-15', 24],
    ['Europe/Berlin', '2026-01-15T23:00:00Z', '2026-01-16', 24],
    ['Europe/Berlin', '2026-03-29T12:00:00Z', '2026-03-29', 23],
    ['Europe/Berlin', '2026-10-25T12:00:00Z', '2026-10-25', 25],
    ['America/New_York', '2026-03-08T12:00:00Z', '2026-03-08', 23],
    ['America/New_York', '2026-11-01T04:00:00Z', '2026-11-01', 25],
    ['Australia/Lord_Howe', '2026-10-03T20:00:00Z', '2026-10-04', 23.5],
    ['Asia/Kathmandu', '2026-01-15T18:15:00Z', '2026-01-16', 24],
    // Midnight is skipped: the day begins at one.
    ['America/Havana', '2026-03-08T12:00:00Z', '2026-03-08', 23],
    ['Europe/Atlantis', '2026-01-15T23:00:00Z', '2026-01-15', 24],
  ])('%s at %s is %s, of %d hours', (zone, now, day, hours) => {
    const found = budgetDay(budget(zone), at(now))
    expect(found.day).toBe(day)
    expect((found.toMs - found.fromMs) / HOUR_MS).toBe(hours)
    expect(found.fromMs <= at(now) && at(now) < found.toMs).toBe(true)
  })

  test('follow each other without a gap, the last is today', () => {
    const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/Havana', 'Pacific/Chatham')
    const now = fc.integer({ min: at('2020-01-01T00:00Z'), max: at('2030-01-01T00:00Z') })
    fc.assert(
      fc.property(zone, now, fc.integer({ min: 1, max: 40 }), (name, nowMs, count) => {
        const days = budgetDays(budget(name), nowMs, count)
        expect(days).toHaveLength(count)
        expect(days.at(-1)).toEqual(budgetDay(budget(name), nowMs))
        for (const [i, { fromMs }] of days.entries()) {
          if (i > 0) expect(fromMs).toBe(days[i - 1]?.toMs)
        }
      }),
    )
  })
})

test('what opens, opens again, begins to flap or gets worse is one more', () => {
  expect(ALERT_ACTIONS.filter(isCounted).sort()).toEqual([
    ...['escalated', 'flapping', 'opened', 'reopened'],
  ])
})

describe('a day with more alerts than the target', () => {
  const NOW = at('2026-01-15T12:00Z')
  const count = (alerts: number) => ({
    day: '2026-01-15',
    alerts,
    key: budgetKey('abc', '2026-01-15'),
  })

  test('is told; as many as the target are not', () => {
    expect(planBudget(budget('UTC'), count(10), [route()], NOW)).toEqual([])
    const [planned, ...rest] = planBudget(budget('UTC'), count(11), [route()], NOW)
    expect(rest).toEqual([])
    expect(planned).toEqual({
      ...{ dueAtMs: NOW, batch: null, channelId: '1', routeId: '1' },
      notice: {
        ...{ type: 'budget', key: 'babc.2026-01-15', atMs: NOW, environment: 'prod' },
        ...{ day: '2026-01-15', zone: 'UTC', alerts: 11, target: 10 },
      },
    })
  })

  test('is told after quiet hours, whatever the digest', () => {
    const routes = [
      route({ id: '1' }),
      route({ id: '2', channelId: '2', quiet: quiet({ zone: 'UTC' }), digestMinutes: 60 }),
    ]
    const night = at('2026-01-15T03:00Z')
    expect(planBudget(budget('UTC'), count(11), routes, night)).toMatchObject([
      { channelId: '1', routeId: '1', dueAtMs: night, batch: null },
      { channelId: '2', routeId: '2', dueAtMs: at('2026-01-15T07:00Z'), batch: null },
    ])
  })
})
