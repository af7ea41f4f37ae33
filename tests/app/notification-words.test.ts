// What the settings pages make of a route and of a form, without a browser.
import { expect, test } from 'vitest'
import {
  SETTING_FIELDS,
  secretFields,
  settingsFrom,
  textsOf,
} from '../../components/notifications/channel-fields.ts'
import { sayRoute } from '../../components/notifications/route-words.ts'
import { CHANNEL_KINDS, ChannelSettings, SECRETS_OF } from '../../core/notify/channel.ts'
import { RouteSettings } from '../../core/notify/route.ts'

const say = (settings: object) => sayRoute(RouteSettings.parse(settings))

test('a route is said in a sentence or two', () => {
  expect(say({ match: {} })).toBe('All alerts.')
  expect(say({ match: { severity: 'critical' }, tellsEnd: false })).toBe(
    'Alerts, critical. Not how they ended.',
  )
  const match = { environments: ['prod', 'eu-*'], kinds: ['new_edge'], severity: 'high' }
  const windows = [{ days: [1, 2], from: '20:00', to: '07:00' }]
  const quiet = { zone: 'Europe/Berlin', windows, urgent: 'high' }
  expect(say({ match: { ...match, owners: ['a'] }, quiet, digestMinutes: 15 })).toBe(
    'Alerts of prod or eu-*, new edge, high or worse, owned by a. ' +
      'Quiet Mon, Tue 20:00 to 07:00 (Europe/Berlin), not for high or worse. Gathered for 15 min.',
  )
})

test('quiet hours are said with the days on which they begin', () => {
  const quietOf = (...days: readonly (readonly number[])[]) => {
    const windows = days.map((each) => ({ days: each, from: '22:00', to: '06:00' }))
    return say({ match: {}, quiet: { zone: 'UTC', windows, urgent: null } })
  }
  expect(quietOf([1, 2, 3, 4, 5, 6, 7])).toBe('All alerts. Quiet 22:00 to 06:00 (UTC).')
  expect(quietOf([1, 2, 3, 4, 5], [7, 6])).toBe(
    'All alerts. Quiet Mon to Fri 22:00 to 06:00, Sat, Sun 22:00 to 06:00 (UTC).',
  )
  expect(quietOf([1, 3, 5])).toBe('All alerts. Quiet Mon, Wed, Fri 22:00 to 06:00 (UTC).')
})

test('a form gives back the settings that it was filled with, of every kind', () => {
  const filled = {
    webhook: { url: 'https://a.example/in', format: 'ocsf' },
    ...{ slack: {}, teams: {}, pagerduty: {}, opsgenie: {} },
    email: { host: 'smtp.a.example', from: 'a@a.example', to: ['b@a.example', 'c@a.example'] },
    alertmanager: { url: 'http://am.example:9093' },
    syslog: { host: 'siem.example', transport: 'tcp', format: 'cef', port: 601 },
  } as const
  for (const kind of CHANNEL_KINDS) {
    const settings = ChannelSettings.parse({ kind, ...filled[kind] })
    const typed = settingsFrom(kind, textsOf(kind, settings))
    expect(ChannelSettings.parse(typed)).toEqual(settings)
  }
})

test('every setting and every secret of a kind has a field with words', () => {
  for (const kind of CHANNEL_KINDS) {
    const option = ChannelSettings.options.find(({ shape }) => shape.kind.value === kind)
    const names = Object.keys(option?.shape ?? {}).filter(
      (name) => !['kind', 'allowsPrivate', 'titleTemplate'].includes(name),
    )
    expect(SETTING_FIELDS[kind].map(({ name }) => name).sort()).toEqual(names.sort())
    const { required, optional } = SECRETS_OF[kind]
    const fields = secretFields(kind)
    expect(fields.map(({ name }) => name)).toEqual([...required, ...optional])
    for (const { hint, label, name } of fields) {
      expect(hint).not.toBe('')
      expect(label).not.toBe(name)
    }
  }
})
