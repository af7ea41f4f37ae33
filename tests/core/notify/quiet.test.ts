// Quiet hours on clocks that are set forward and back: when they end, and that they hold as long as the wall clock
// shows a time of theirs. The oracle is the runtime's own Intl, which the code under test does not ask for times.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { endOfQuiet } from '../../../core/notify/quiet.ts'
import type { QuietHours } from '../../../core/notify/route.ts'
import { quiet } from './routing.ts'

const at = (iso: string) => Date.parse(iso)
const endAt = (hours: QuietHours, iso: string) =>
  new Date(endOfQuiet(hours, at(iso))).toISOString().replace(':00.000Z', 'Z')

const ALL_DAYS = [1, 2, 3, 4, 5, 6, 7]
const hours = (zone: string, from: string, to: string, days = ALL_DAYS) =>
  quiet({ zone, windows: [{ days, from, to }] })

describe('an ordinary night in Berlin, 22:00 to 07:00', () => {
  test.each([
    ['before it', '2026-01-14T20:59:59Z', '2026-01-14T20:59:59.000Z'],
    ['at its first instant', '2026-01-14T21:00:00Z', '2026-01-15T06:00Z'],
    ['before midnight', '2026-01-14T22:30:00Z', '2026-01-15T06:00Z'],
    ['after midnight', '2026-01-15T02:00:00Z', '2026-01-15T06:00Z'],
    ['at its last instant', '2026-01-15T05:59:59Z', '2026-01-15T06:00Z'],
    ['at its end', '2026-01-15T06:00:00Z', '2026-01-15T06:00Z'],
  ])('%s', (_, now, end) => {
    expect(endAt(quiet(), now)).toBe(end)
  })
})

describe('a night in which the clock is set', () => {
  test.each([
    // 2026-03-29 01:00Z: 02:00 becomes 03:00. The night has eight hours.
    ['Europe/Berlin', 'spring', '2026-03-28T21:00:00Z', '2026-03-29T05:00Z'],
    ['Europe/Berlin', 'spring, after it', '2026-03-29T02:00:00Z', '2026-03-29T05:00Z'],
    // 2026-10-25 01:00Z: 03:00 becomes 02:00. It has ten.
    ['Europe/Berlin', 'autumn', '2026-10-24T20:00:00Z', '2026-10-25T06:00Z'],
    ['Europe/Berlin', 'autumn, after it', '2026-10-25T01:30:00Z', '2026-10-25T06:00Z'],
    // 2026-03-08 07:00Z and 2026-11-01 06:00Z.
    ['America/New_York', 'spring', '2026-03-08T03:00:00Z', '2026-03-08T11:00Z'],
    ['America/New_York', 'autumn', '2026-11-01T02:00:00Z', '2026-11-01T12:00Z'],
    // Half an hour: 2026-10-03 15:30Z from +10:30 to +11, 2026-04-04 15:00Z back.
    ['Australia/Lord_Howe', 'spring', '2026-10-03T11:30:00Z', '2026-10-03T20:00Z'],
    ['Australia/Lord_Howe', 'autumn', '2026-04-04T11:00:00Z', '2026-04-04T20:30Z'],
  ])('%s, %s', (zone, _, now, end) => {
    expect(endAt(hours(zone, '22:00', '07:00'), now)).toBe(end)
  })
})

describe('a window at the hour that is skipped (Berlin, 2026-03-29, 02:00 becomes 03:00)', () => {
  test.each([
    ['02:30', '07:00', 'begins when the clock is set', '2026-03-29T01:00:00Z', '2026-03-29T05:00Z'],
    ['02:30', '07:00', 'not before', '2026-03-29T00:59:00Z', '2026-03-29T00:59Z'],
    ['22:00', '02:30', 'ends when the clock is set', '2026-03-29T00:59:00Z', '2026-03-29T01:00Z'],
    ['22:00', '02:00', 'ends as ever', '2026-03-29T00:59:00Z', '2026-03-29T01:00Z'],
    ['22:00', '03:00', 'ends an hour early', '2026-03-29T00:30:00Z', '2026-03-29T01:00Z'],
    ['02:10', '02:50', 'is none', '2026-03-29T01:00:00Z', '2026-03-29T01:00Z'],
  ])('%s to %s %s', (from, to, _, now, end) => {
    expect(endAt(hours('Europe/Berlin', from, to), now)).toBe(end)
  })
})

test('a window of a whole day lasts 23 hours where an hour of it is skipped', () => {
  const sunday = hours('Europe/Berlin', '00:00', '00:00', [7])
  expect(endAt(sunday, '2026-03-28T23:00:00Z')).toBe('2026-03-29T22:00Z')
})

describe('a window at the hour that comes twice (Berlin, 2026-10-25, 03:00 becomes 02:00)', () => {
  test.each([
    ['02:30', '07:00', 'begins the first time', '2026-10-25T00:30:00Z', '2026-10-25T06:00Z'],
    ['02:30', '07:00', 'not before', '2026-10-25T00:29:00Z', '2026-10-25T00:29Z'],
    ['22:00', '02:30', 'ends the second time', '2026-10-25T00:10:00Z', '2026-10-25T01:30Z'],
    ['22:00', '02:00', 'ends the first time', '2026-10-24T23:10:00Z', '2026-10-25T00:00Z'],
    ['22:00', '03:00', 'ends after both', '2026-10-25T00:10:00Z', '2026-10-25T02:00Z'],
    ['02:15', '02:45', 'is one stretch', '2026-10-25T00:50:00Z', '2026-10-25T01:45Z'],
    ['03:00', '04:00', 'begins after both', '2026-10-25T01:30:00Z', '2026-10-25T01:30Z'],
  ])('%s to %s %s', (from, to, _, now, end) => {
    expect(endAt(hours('Europe/Berlin', from, to), now)).toBe(end)
  })
})

describe('days', () => {
  const weekend = quiet({
    windows: [
      { days: [5], from: '18:00', to: '00:00' },
      { days: [6, 7], from: '00:00', to: '00:00' },
      { days: [1, 2, 3, 4, 5, 6, 7], from: '22:00', to: '07:00' },
    ],
  })

  test.each([
    ['a weekend is one, up to Monday morning', '2026-01-16T17:00:00Z', '2026-01-19T06:00Z'],
    ['on Sunday it is still it', '2026-01-18T12:00:00Z', '2026-01-19T06:00Z'],
    ['a Wednesday night is its own', '2026-01-14T23:00:00Z', '2026-01-15T06:00Z'],
    ['a Friday afternoon is none', '2026-01-16T16:59:00Z', '2026-01-16T16:59Z'],
  ])('%s', (_, now, end) => {
    expect(endAt(weekend, now)).toBe(end)
  })

  test('are those on which a window begins', () => {
    const friday = hours('Europe/Berlin', '22:00', '07:00', [5])
    expect(endAt(friday, '2026-01-17T02:00:00Z')).toBe('2026-01-17T06:00Z')
    expect(endAt(friday, '2026-01-16T02:00:00Z')).toBe('2026-01-16T02:00Z')
  })

  test('are those of the zone', () => {
    // Friday in Berlin, Saturday in Auckland.
    const saturday = hours('Pacific/Auckland', '00:00', '12:00', [6])
    expect(endAt(saturday, '2026-01-16T13:00:00Z')).toBe('2026-01-16T23:00Z')
  })
})

test('windows that touch or overlap are one, windows with a gap are two', () => {
  const windows = (...pairs: readonly (readonly [string, string])[]) =>
    quiet({ zone: 'UTC', windows: pairs.map(([from, to]) => ({ days: ALL_DAYS, from, to })) })
  const now = '2026-01-15T20:30:00Z'
  expect(endAt(windows(['20:00', '21:00'], ['21:00', '22:00']), now)).toBe('2026-01-15T22:00Z')
  expect(endAt(windows(['21:00', '22:00'], ['20:00', '21:00']), now)).toBe('2026-01-15T22:00Z')
  expect(endAt(windows(['20:00', '21:00'], ['20:15', '23:00']), now)).toBe('2026-01-15T23:00Z')
  expect(endAt(windows(['20:00', '23:00'], ['20:15', '21:00']), now)).toBe('2026-01-15T23:00Z')
  expect(endAt(windows(['20:00', '21:00'], ['21:01', '22:00']), now)).toBe('2026-01-15T21:00Z')
})

test('quiet hours that nobody could save hold nothing', () => {
  const never = hours('UTC', '00:00', '00:00')
  expect(endAt(never, '2026-01-15T20:30:00Z')).toBe('2026-01-15T20:30Z')
  const nowhere = hours('Europe/Atlantis', '00:00', '12:00')
  expect(endAt(nowhere, '2026-01-15T10:30:00Z')).toBe('2026-01-15T10:30Z')
})

const ZONES = [
  ...['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'America/Havana'],
  ...['Asia/Kathmandu', 'Pacific/Chatham', 'Africa/Casablanca', 'UTC', 'Atlantic/Azores'],
]
const MINUTE_MS = 60_000
/** 2026, with more of it around the clock changes of Berlin, New York and Lord Howe. */
const minute = fc.oneof(
  fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2027-01-01T00:00:00Z') }),
  ...['2026-03-29T01:00Z', '2026-10-25T01:00Z', '2026-03-08T07:00Z', '2026-11-01T06:00Z']
    .concat('2026-10-03T15:30Z', '2026-04-04T15:00Z')
    .map((change) =>
      fc.integer({ min: -24 * 60, max: 24 * 60 }).map((m) => at(change) + m * MINUTE_MS),
    ),
)
const nowMs = minute.map((ms) => Math.floor(ms / MINUTE_MS) * MINUTE_MS)
const clock = fc
  .integer({ min: 0, max: 95 })
  .map((quarter) => `${pad(Math.floor(quarter / 4))}:${pad((quarter % 4) * 15)}`)
const pad = (number: number) => String(number).padStart(2, '0')
const quietHours = fc
  .record({
    zone: fc.constantFrom(...ZONES),
    windows: fc.array(
      fc.record({ days: fc.subarray(ALL_DAYS, { minLength: 1 }), from: clock, to: clock }),
      { minLength: 1, maxLength: 3 },
    ),
  })
  .map((given) => quiet(given))

const formats = new Map(
  ZONES.map((timeZone) => {
    const parts = { weekday: 'short', hour: '2-digit', minute: '2-digit' } as const
    return [timeZone, new Intl.DateTimeFormat('en-GB', { ...parts, timeZone, hourCycle: 'h23' })]
  }),
)
const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

/** Whether the wall clock shows a time of a window, by the runtime's formatting alone. */
function showsQuiet({ zone, windows }: QuietHours, ms: number): boolean {
  const parts = new Map(
    formats
      .get(zone)!
      .formatToParts(ms)
      .map(({ type, value }) => [type, value]),
  )
  const day = DAYS.indexOf(parts.get('weekday')!) + 1
  const time = `${parts.get('hour')}:${parts.get('minute')}`
  const before = day === 1 ? 7 : day - 1
  return windows.some(({ days, from, to }) =>
    to > from
      ? days.includes(day) && time >= from && time < to
      : (days.includes(day) && time >= from) || (days.includes(before) && time < to),
  )
}

test('the end is not before now, nor at a time that the clock shows to be quiet', () => {
  fc.assert(
    fc.property(quietHours, nowMs, (given, now) => {
      const end = endOfQuiet(given, now)
      expect(end).toBeGreaterThanOrEqual(now)
      if (end > now) expect(showsQuiet(given, end)).toBe(false)
      else if (showsQuiet(given, now)) expect(hasNoEnd(given, now)).toBe(true)
    }),
    { numRuns: 500 },
  )
})

/** Whether it is quiet for as long as anybody could wait. */
function hasNoEnd(given: QuietHours, now: number): boolean {
  const quarters = Array.from({ length: 16 * 96 }, (_, i) => now + i * 15 * MINUTE_MS)
  return quarters.every((ms) => showsQuiet(given, ms))
}

test('the end is the first instant outside: until then it is quiet, but where the clock is set back', () => {
  fc.assert(
    fc.property(quietHours, nowMs, (given, now) => {
      const end = endOfQuiet(given, now)
      for (let ms = now; ms < end; ms += 15 * MINUTE_MS) {
        // Set back by at most an hour: a window may go on for that long beyond what the clock shows.
        const near = [-60, -45, -30, -15, 15, 30, 45, 60].map((m) => ms + m * MINUTE_MS)
        expect(showsQuiet(given, ms) || isSetBackNear(given.zone, near)).toBe(true)
      }
      expect(endOfQuiet(given, end)).toBe(end)
    }),
    { numRuns: 300 },
  )
})

/** Whether two of these instants show the same time. */
function isSetBackNear(zone: string, instants: readonly number[]): boolean {
  const format = formats.get(zone)!
  return new Set(instants.map((ms) => format.format(ms))).size < instants.length
}

test('waiting longer never ends earlier', () => {
  fc.assert(
    fc.property(quietHours, nowMs, fc.integer({ min: 0, max: 3000 }), (given, now, minutes) => {
      const later = now + minutes * MINUTE_MS
      expect(endOfQuiet(given, later)).toBeGreaterThanOrEqual(endOfQuiet(given, now))
    }),
    { numRuns: 300 },
  )
})
