// Routes that cannot be saved, and what is said about them.
import { expect, test } from 'vitest'
import { findRouteProblems } from '../../../core/notify/check-route.ts'
import { quiet, settings } from './routing.ts'

const ALL_DAYS = [1, 2, 3, 4, 5, 6, 7]
const pathsOf = (hours: ReturnType<typeof quiet>) =>
  findRouteProblems(settings({ quiet: hours })).map(({ path }) => path.join('.'))

test('a route without quiet hours, or with a night of them, is fine', () => {
  expect(findRouteProblems(settings())).toEqual([])
  expect(pathsOf(quiet())).toEqual([])
})

test.each(['Europe/Atlantis', '+02:00', 'Berlin', '2026-01-01T00:00[Europe/Berlin]', ' UTC'])(
  '%s is no zone',
  (zone) => {
    const [problem] = findRouteProblems(settings({ quiet: quiet({ zone }) }))
    expect(problem?.path).toEqual(['settings', 'quiet', 'zone'])
    expect(problem?.sentence).toContain(JSON.stringify(zone))
  },
)

test.each(['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5', 'US/Pacific'])(
  '%s is a zone',
  (zone) => {
    expect(pathsOf(quiet({ zone }))).toEqual([])
  },
)

test.each([
  ['a whole day, each day', [{ days: ALL_DAYS, from: '09:00', to: '09:00' }]],
  [
    'day and night',
    [
      { days: ALL_DAYS, from: '22:00', to: '07:00' },
      { days: ALL_DAYS, from: '06:00', to: '22:00' },
    ],
  ],
  [
    'the last of them over Sunday into Monday',
    [
      { days: [1], from: '07:00', to: '00:00' },
      { days: [2, 3, 4, 5, 6], from: '00:00', to: '00:00' },
      { days: [7], from: '00:00', to: '23:00' },
      { days: [7], from: '23:00', to: '07:00' },
    ],
  ],
])('windows that leave nothing of the week are refused: %s', (_, windows) => {
  expect(pathsOf(quiet({ windows }))).toEqual(['settings.quiet.windows'])
})

test('one minute of the week is enough', () => {
  const windows = [
    { days: ALL_DAYS, from: '09:01', to: '09:00' },
    { days: [1, 2, 3, 4, 5, 6], from: '09:00', to: '09:01' },
  ]
  expect(pathsOf(quiet({ windows }))).toEqual([])
})

test('several problems come at once', () => {
  const windows = [{ days: ALL_DAYS, from: '00:00', to: '00:00' }]
  expect(pathsOf(quiet({ zone: 'x', windows }))).toHaveLength(2)
})
