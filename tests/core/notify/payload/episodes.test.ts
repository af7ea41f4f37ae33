// Services that keep alerts themselves: what belongs together carries one key, ends when it ends here, and a digest
// is one thing to look at. And syslog as a parser of others reads it.
// @ts-expect-error: it brings no types
import parseByOthers from 'nsyslog-parser'
import { expect, test } from 'vitest'
import { z } from 'zod'
import type { Notice } from '../../../../core/notify/notice.ts'
import { render } from '../../../../core/notify/payload/render.ts'
import {
  alertOf,
  bodiesOf,
  CHANNELS,
  digestOf,
  LINKS,
  NOTICES,
  noticeOf,
  renderTo,
} from './notices.ts'
import { alertmanagerAlerts, pagerDutyEvent } from './services.ts'

function eventsOf(notice: Notice): readonly string[] {
  const events = z.array(pagerDutyEvent).parse(bodiesOf(renderTo('pagerduty', notice)))
  return events.map(({ event_action, dedup_key }) => `${event_action} ${dedup_key}`)
}

/** `POST /v2/alerts/KEY/close`: the last part, or `create`. */
function stepsOf(notice: Notice): readonly string[] {
  const rendered = renderTo('opsgenie', notice)
  if (rendered.via !== 'http') throw new Error(rendered.via)
  return rendered.requests.map(({ method, url }) => {
    const [, , , alias, verb] = new URL(url).pathname.split('/')
    return alias === undefined
      ? `${method} create`
      : `${method} ${decodeURIComponent(alias)} ${verb}`
  })
}

test('an episode has one key, the next another, another Strayline yet another', () => {
  const key = 'strayline:strayline.example:a17.e1'
  expect(eventsOf(NOTICES.open!)).toEqual([`trigger ${key}`])
  expect(eventsOf(NOTICES.escalate!)).toEqual([`trigger ${key}`])
  expect(eventsOf(NOTICES.reject!)).toEqual([`acknowledge ${key}`])
  expect(eventsOf(NOTICES.resolve!)).toEqual([`resolve ${key}`])
  expect(eventsOf(noticeOf('open', { alert: alertOf({ episode: 2 }) }))).toEqual([
    'trigger strayline:strayline.example:a17.e2',
  ])
  const links = { ...LINKS, routesUrl: 'https://other.example/settings/routes' }
  const [body] = bodiesOf(render(CHANNELS.pagerduty!, {}, NOTICES.open!, links))
  expect(body).toMatchObject({ dedup_key: 'strayline:other.example:a17.e1' })
})

test('Opsgenie creates, raises with a note, acknowledges and closes by alias', () => {
  const alias = 'strayline:strayline.example:a17.e1'
  expect(stepsOf(NOTICES.open!)).toEqual(['POST create'])
  expect(stepsOf(NOTICES.escalate!)).toEqual([
    'POST create',
    `PUT ${alias} priority`,
    `POST ${alias} notes`,
  ])
  expect(stepsOf(NOTICES.reject!)).toEqual([`POST ${alias} acknowledge`])
  expect(stepsOf(NOTICES.resolve!)).toEqual([`POST ${alias} close`])
})

test('a digest is one alert for what waits, and ends what was told alone before', () => {
  const summary = `trigger strayline:strayline.example:${NOTICES.digest!.key}`
  expect(eventsOf(NOTICES.digest!)).toEqual([summary, 'resolve strayline:strayline.example:a19.e1'])
  expect(stepsOf(NOTICES.digest!)).toEqual([
    'POST create',
    'POST strayline:strayline.example:a19.e1 close',
  ])
})

test('what opened and closed meanwhile is nothing to a service that keeps alerts', () => {
  const over = digestOf([noticeOf('open'), noticeOf('resolve', { key: 'a17.41' })])
  for (const channel of ['pagerduty', 'opsgenie', 'alertmanager'])
    expect(bodiesOf(renderTo(channel, over))).toEqual([])
  const mail = renderTo('email', over)
  expect(mail.via === 'smtp' && mail.text).toContain(
    '1 alert of these opened and closed meanwhile.',
  )
})

test('a test leaves nothing behind', () => {
  const key = 'strayline:strayline.example:t6f1c'
  expect(eventsOf(NOTICES.test!)).toEqual([`trigger ${key}`, `resolve ${key}`])
  expect(stepsOf(NOTICES.test!)).toEqual(['POST create', `POST ${key} close`])
})

test('in Alertmanager one severity fires at most, and none when it is over', () => {
  const firing = (notice: Notice) => {
    const [alerts] = bodiesOf(renderTo('alertmanager', notice))
    return alertmanagerAlerts
      .parse(alerts)
      .filter(({ endsAt }) => Date.parse(endsAt) > notice.atMs)
      .map(({ labels }) => labels.severity)
  }
  expect(firing(NOTICES.open!)).toEqual(['high'])
  expect(firing(NOTICES.escalate!)).toEqual(['critical'])
  expect(firing(NOTICES.reject!)).toEqual([])
  expect(firing(NOTICES.resolve!)).toEqual([])
})

const parseSyslog: (line: string, options: object) => unknown = parseByOthers

test('a syslog parser of others reads the same header and data', () => {
  const rendered = renderTo('syslog-json', NOTICES.open!)
  const [line] = rendered.via === 'syslog' ? rendered.lines : []
  expect(parseSyslog(line!, { cef: false, fields: false })).toMatchObject({
    ...{ type: 'RFC5424', prival: 131, facility: 'local0', level: 'error', version: 1 },
    ...{ host: 'strayline.example', appName: 'strayline', messageid: 'alert.open' },
    structuredData: [{ $id: 'strayline@32473', key: 'a17.40', environment: 'shop' }],
  })
})
