// Alerts that commits raise, told by the real worker process over every kind of channel: to receivers that are well, and to
// those that answer 500 or 429, hang, cut, have a bad certificate, redirect to loopback, or lie where no channel may
// lead. One that is down for a minute: worker-outage.test.ts.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SECRET_BYTES } from '../storage/notices.ts'
import { makeAuthority } from '../support/certificates.ts'
import {
  answers,
  type HttpTarget,
  hangs,
  resets,
  startHttpTarget,
  startRawTarget,
  startSmtpTarget,
  startSyslogTarget,
} from '../support/channel-servers.ts'
import { waitFor } from '../support/process.ts'
import {
  type ChannelWorld,
  createChannelWorld,
  emailTo,
  startHttp,
  syslogTo,
  WITHIN_MS,
} from './channel-world.ts'
import { stopLater } from './sending.ts'

let world: ChannelWorld
let secure: { readonly ca: string }
beforeAll(async () => {
  world = await createChannelWorld()
  secure = { ca: world.authority.ca }
}, 60_000)
afterAll(() => world.end(), 60_000)

test(
  'an alert arrives over every kind of channel',
  async () => {
    const { authority } = world
    const http = stopLater(await startHttpTarget({ identity: authority.issue() }))
    const mail = stopLater(await startSmtpTarget({ identity: authority.issue() }))
    const log = stopLater(await startSyslogTarget({ identity: authority.issue() }))
    const url = (path: string) => `${http.url}/${path}`
    const channels = [
      await world.addChannel('webhook', { kind: 'webhook', url: url('webhook') }, secure),
      await world.addChannel('slack', { kind: 'slack' }, { ...secure, url: url('slack') }),
      await world.addChannel('teams', { kind: 'teams' }, { ...secure, url: url('teams') }),
      await world.addChannel(
        'pagerduty',
        { kind: 'pagerduty', url: url('pagerduty') },
        { ...secure, routingKey: 'R'.repeat(32) },
      ),
      await world.addChannel(
        'opsgenie',
        { kind: 'opsgenie', url: url('opsgenie') },
        { ...secure, apiKey: 'key' },
      ),
      await world.addChannel(
        'alertmanager',
        { kind: 'alertmanager', url: url('alertmanager') },
        secure,
      ),
      await world.addChannel('email', emailTo(mail.port), secure),
      await world.addChannel('syslog', syslogTo(log.port), secure),
    ]
    await world.stray(['ledger'])
    for (const channel of channels)
      expect(await world.untilSent(channel)).toMatchObject({ attempts: 1, lastError: null })
    const asked = http.received.map(({ path }) => path.split('/')[1])
    expect(asked.sort()).toEqual([
      'alertmanager',
      'opsgenie',
      'pagerduty',
      'slack',
      'teams',
      'webhook',
    ])
    for (const { body } of http.received) expect(body).toContain('ledger')
    expect(mail.received[0]?.source).toContain('ledger')
    expect(log.received).toHaveLength(1)
    expect(log.received[0]).toContain('ledger')
    for (const channel of channels) await world.disable(channel)
  },
  WITHIN_MS,
)

test(
  'receivers that answer 500, ask to wait, hang or cut are tried again, and get it',
  async () => {
    const once = async (behaviour: Parameters<HttpTarget['behave']>[0]) => {
      const target = await startHttp()
      target.behave((response, request) => {
        target.behave(answers(200))
        behaviour(response, request)
      })
      return target
    }
    const targets = {
      failing: await once(answers(500)),
      limited: await once(answers(429, { headers: { 'retry-after': '7' } })),
      hanging: await once(hangs),
      cutting: await once(resets),
    }
    const channels = await Promise.all(
      Object.entries(targets).map(([name, { url }]) =>
        world.addChannel(name, { kind: 'webhook', url }),
      ),
    )
    const [failing, limited, hanging, cutting] = channels
    if (!failing || !limited || !hanging || !cutting) throw new Error('a channel is missing')
    const mute = stopLater(await startRawTarget(() => {}))
    const hangingLog = await world.addChannel('hanging-log', syslogTo(mute.port), secure)
    const hangingMail = await world.addChannel('hanging-mail', emailTo(mute.port), secure)
    await world.stray(['refund'])
    await world.untilSaid(failing, /answered 500/)
    await world.untilSaid(limited, /answered 429/)
    await world.untilSaid(hanging, /did not answer within 10 s/)
    await world.untilSaid(cutting, /closed the connection/)
    await world.untilSaid(hangingLog, /did not finish the TLS handshake within 10 s/)
    await world.untilSaid(hangingMail, /localhost did not answer within 10 s/)
    for (const channel of channels)
      expect(await world.untilSent(channel)).toMatchObject({ attempts: 2 })
    for (const { received } of Object.values(targets)) {
      expect(received).toHaveLength(2)
      expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    }
    const [first, second] = targets.limited.received.map(({ atMs }) => atMs)
    expect(Number(second) - Number(first)).toBeGreaterThanOrEqual(7_000)
    for (const channel of [...channels, hangingLog, hangingMail]) await world.disable(channel)
  },
  WITHIN_MS,
)

test(
  'a bad certificate is told until the channel knows its CA',
  async () => {
    const other = await makeAuthority()
    const target = stopLater(await startHttpTarget({ identity: other.issue() }))
    const channel = await world.addChannel(
      'untrusted',
      { kind: 'webhook', url: target.url },
      secure,
    )
    await world.stray(['stock'])
    await world.untilSaid(
      channel,
      /certificate of localhost is not trusted: .*add its CA to the channel/,
    )
    expect(target.received).toEqual([])
    await world.changeSecrets(channel, { ca: other.ca })
    await world.untilSent(channel)
    expect(target.received).toHaveLength(1)
    await world.disable(channel)
  },
  WITHIN_MS,
)

test(
  'a redirect to loopback and an address that is not allowed are given up at once, and what comes next goes on',
  async () => {
    const inside = await startHttp()
    const target = await startHttp()
    target.behave(answers(307, { headers: { location: `${inside.url}/latest/meta-data` } }))
    const redirecting = await world.addChannel('redirecting', { kind: 'webhook', url: target.url })
    const guarded = await world.addChannel('guarded', {
      kind: 'webhook',
      url: inside.url,
      allowsPrivate: false,
    })
    await world.stray(['audit'])
    const redirected = await world.untilGivenUp(redirecting)
    expect(redirected).toMatchObject({
      attempts: 1,
      lastError: expect.stringMatching(/redirects are not followed/),
    })
    const refused = await world.untilGivenUp(guarded)
    expect(refused).toMatchObject({
      attempts: 1,
      lastError: expect.stringMatching(/is not a public address/),
    })
    expect(inside.connections()).toBe(0)
    target.behave(answers(200))
    await world.stray(['search'])
    await waitFor('the next one', () => target.received[1], WITHIN_MS)
    expect(JSON.parse(target.received[1]?.body ?? '{}')).toMatchObject({ type: 'alert' })
    for (const channel of [redirecting, guarded]) await world.disable(channel)
  },
  WITHIN_MS,
)

test('nothing went through the proxy of the environment, and no secret into the log', () => {
  expect(world.proxy.connections()).toBe(0)
  const written = world.worker.output()
  expect(written).toContain('"event"')
  for (const secret of ['R'.repeat(32), 'BEGIN CERTIFICATE', SECRET_BYTES.toString('base64')])
    expect(written).not.toContain(secret)
})
