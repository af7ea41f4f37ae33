// Days of a window by the wall clock of a zone: each instant counts for one of them, on days of 23 and 25 hours, too.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { countDays } from '../../../core/notify/count-days.ts'
import { dayAt } from '../../../core/notify/zone.ts'

const at = (iso: string) => Date.parse(iso)

test('a day of 23 hours begins and ends where the wall clock says', () => {
  const window = {
    zone: 'Europe/Berlin',
    fromMs: at('2026-03-28T12:00Z'),
    toMs: at('2026-03-30T12:00Z'),
  }
  const times = ['2026-03-28T22:59Z', '2026-03-28T23:00Z', '2026-03-29T21:59Z', '2026-03-29T22:00Z']
  expect(countDays(times.map(at), window)).toEqual([
    { day: '2026-03-28', count: 1 },
    { day: '2026-03-29', count: 2 },
    { day: '2026-03-30', count: 1 },
  ])
})

test('every instant of the window counts for its day, all others for none', () => {
  const [low, high] = [at('2026-03-20T00:00Z'), at('2026-04-05T00:00Z')]
  const instant = fc.integer({ min: low, max: high })
  fc.assert(
    fc.property(
      fc.array(instant, { maxLength: 40 }),
      fc.tuple(instant, instant),
      fc.constantFrom('UTC', 'Europe/Berlin', 'Africa/Casablanca', 'Pacific/Chatham'),
      (times, ends, zone) => {
        const [fromMs = 0, toMs = 0] = ends.toSorted((a, b) => a - b)
        const counted = countDays(times, { zone, fromMs, toMs })
        const inside = times.filter((ms) => ms >= fromMs && ms < toMs)
        const expected = Map.groupBy(inside, (ms) => dayAt(zone, ms).day)
        for (const { day, count } of counted) expect(count).toBe(expected.get(day)?.length ?? 0)
        expect(counted.reduce((sum, { count }) => sum + count, 0)).toBe(inside.length)
      },
    ),
  )
})
