// Each kind of channel once, from notice to receiver: its own words over its own protocol, to a real server of it.
import { afterEach, beforeAll, expect, test } from 'vitest'
import type { Notice } from '../../core/notify/notice.ts'
import { type Authority, makeAuthority } from '../support/certificates.ts'
import {
  answers,
  startHttpTarget,
  startSmtpTarget,
  startSyslogTarget,
} from '../support/channel-servers.ts'
import { waitFor } from '../support/process.ts'
import { channelOf, NOTICE, stopAll, stopLater, trySend } from './sending.ts'

const SENT = { outcome: 'sent', remark: null }

let authority: Authority

beforeAll(async () => {
  authority = await makeAuthority()
})
afterEach(stopAll)

const startHttps = async () => stopLater(await startHttpTarget({ identity: authority.issue() }))
const resolved: Notice = { ...NOTICE, key: 'a12.35', act: 'resolve', why: 'seen no more' }

test('webhook: JSON and OCSF, as the schema says', async () => {
  const target = await startHttps()
  const { ca } = authority
  for (const format of ['json', 'ocsf'] as const)
    expect(await trySend(channelOf({ kind: 'webhook', url: target.url, format }, { ca }))).toEqual(
      SENT,
    )
  const [json, ocsf] = target.received.map(({ body }) => JSON.parse(body))
  expect(json).toMatchObject({ type: 'alert', key: 'a12.34', act: 'open', alert: { id: '12' } })
  expect(ocsf).toMatchObject({ class_uid: expect.any(Number) })
  for (const { headers } of target.received)
    expect(headers['content-type']).toMatch(/^application\/json/)
})

test('slack: a message to the secret URL, answered with ok', async () => {
  const target = await startHttps()
  target.behave(answers(200, { body: 'ok' }))
  const url = `${target.url}/services/T1/B1/x1y2z3x1y2z3`
  expect(await trySend(channelOf({ kind: 'slack' }, { url, ca: authority.ca }))).toEqual(SENT)
  expect(target.received[0]?.path).toBe('/services/T1/B1/x1y2z3x1y2z3')
  expect(target.received[0]?.body).toContain('evil.example')
})

test('teams: an adaptive card to the secret URL, answered with 202', async () => {
  const target = await startHttps()
  target.behave(answers(202))
  const url = `${target.url}/workflows/abc/triggers/manual/paths/invoke?sig=s3cr3ts3cr3t`
  expect(await trySend(channelOf({ kind: 'teams' }, { url, ca: authority.ca }))).toEqual(SENT)
  expect(target.received[0]?.path).toContain('?sig=s3cr3ts3cr3t')
  expect(target.received[0]?.body).toContain('AdaptiveCard')
})

test('pagerduty: trigger and resolve share their dedup key', async () => {
  const target = await startHttps()
  target.behave(answers(202, { body: '{"status":"success"}' }))
  const secrets = { routingKey: 'R'.repeat(32), ca: authority.ca }
  const channel = channelOf({ kind: 'pagerduty', url: `${target.url}/v2/enqueue` }, secrets)
  expect(await trySend(channel)).toEqual(SENT)
  expect(await trySend(channel, { notice: resolved })).toEqual(SENT)
  const [open, end] = target.received.map(({ body }) => JSON.parse(body))
  expect(open).toMatchObject({ routing_key: 'R'.repeat(32), event_action: 'trigger' })
  expect(end).toMatchObject({ event_action: 'resolve', dedup_key: open.dedup_key })
})

test('opsgenie: an alert is opened with the key, and closed by its alias', async () => {
  const target = await startHttps()
  target.behave(answers(202))
  const secrets = { apiKey: 'genie-key-123', ca: authority.ca }
  const channel = channelOf({ kind: 'opsgenie', url: target.url }, secrets)
  expect(await trySend(channel)).toEqual(SENT)
  expect(await trySend(channel, { notice: resolved })).toEqual(SENT)
  const [open, end] = target.received
  expect(open?.headers.authorization).toBe('GenieKey genie-key-123')
  expect(open?.path).toBe('/v2/alerts')
  expect(end?.path).toMatch(/^\/v2\/alerts\/[^/]+\/close\?identifierType=alias$/)
})

test('alertmanager: an alert, and its end, as API v2 takes them', async () => {
  const target = await startHttps()
  const channel = channelOf({ kind: 'alertmanager', url: `${target.url}/am` }, { ca: authority.ca })
  expect(await trySend(channel)).toEqual(SENT)
  expect(await trySend(channel, { notice: resolved })).toEqual(SENT)
  expect(target.received.map(({ path }) => path)).toEqual([
    '/am/api/v2/alerts',
    '/am/api/v2/alerts',
  ])
  const [open, end] = target.received.map(({ body }) => JSON.parse(body))
  expect(end[0].labels).toEqual(open[0].labels)
  expect(Date.parse(end[0].endsAt)).toBeGreaterThan(0)
})

test('email: text and HTML over STARTTLS', async () => {
  const target = stopLater(await startSmtpTarget({ identity: authority.issue() }))
  const place = { host: 'localhost', port: target.port }
  const channel = channelOf(
    { kind: 'email', ...place, from: 's@example.org', to: ['a@example.org'] },
    { ca: authority.ca },
  )
  expect(await trySend(channel)).toEqual(SENT)
  expect(target.received[0]?.source).toMatch(/^Subject: \S/m)
  expect(target.received[0]?.source).toContain('shop/payment')
})

test('syslog: a line over TLS', async () => {
  const target = stopLater(await startSyslogTarget({ identity: authority.issue() }))
  const channel = channelOf(
    { kind: 'syslog', host: 'localhost', port: target.port },
    { ca: authority.ca },
  )
  expect(await trySend(channel)).toEqual(SENT)
  expect(await waitFor('the line', () => target.received[0])).toContain('a12.34')
})

const TOLD: readonly Notice[] = [
  resolved,
  { ...NOTICE, act: 'reject', key: 'a12.36', why: 'Ada: not ours' },
  { ...NOTICE, act: 'escalate', key: 'a12.37' },
  {
    ...{ type: 'digest', key: 'd1.1000', atMs: 1_000, fromMs: 0, toMs: 1_000 },
    ...{ notices: [NOTICE], noticesTotal: 250 },
  },
  {
    ...{ type: 'budget', key: 'b1.2026-11-22', atMs: 1_000, environment: 'prod' },
    ...{ day: '2026-11-22', zone: 'UTC', alerts: 12, target: 10 },
  },
  { type: 'test', key: 'tx', atMs: 1_000, channel: 'a-channel', actor: 'ada@example.org' },
]

test.each(TOLD)('every kind of channel can say a notice of type $type, $act', async (notice) => {
  const http = await startHttps()
  http.behave(answers(202))
  const mail = stopLater(await startSmtpTarget({ identity: authority.issue() }))
  const log = stopLater(await startSyslogTarget({ identity: authority.issue() }))
  const { ca } = authority
  const { url } = http
  const channels = [
    channelOf({ kind: 'webhook', url }, { ca }),
    channelOf({ kind: 'slack' }, { url, ca }),
    channelOf({ kind: 'teams' }, { url, ca }),
    channelOf({ kind: 'pagerduty', url }, { routingKey: 'R'.repeat(32), ca }),
    channelOf({ kind: 'opsgenie', url }, { apiKey: 'genie-key-123', ca }),
    channelOf({ kind: 'alertmanager', url }, { ca }),
    channelOf(
      {
        kind: 'email',
        host: 'localhost',
        port: mail.port,
        from: 's@example.org',
        to: ['a@example.org'],
      },
      { ca },
    ),
    channelOf({ kind: 'syslog', host: 'localhost', port: log.port }, { ca }),
  ]
  for (const channel of channels) expect(await trySend(channel, { notice })).toEqual(SENT)
  expect(http.received.length).toBeGreaterThanOrEqual(6)
  expect(mail.received).toHaveLength(1)
  await waitFor('the line', () => log.received[0])
})
