// A webhook over HTTP and HTTPS against real servers: what arrives, signed, and what each certificate and status means.
import { Webhook } from 'standardwebhooks'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { makeSigningSecret } from '../../storage/secret-box.ts'
import { type Authority, makeAuthority } from '../support/certificates.ts'
import {
  answers,
  findClosedPort,
  type HttpTarget,
  resets,
  startHttpTarget,
  startRawTarget,
} from '../support/channel-servers.ts'
import { channelOf, pausing, refused, stopAll, stopLater, trySend } from './sending.ts'

let authority: Authority

beforeAll(async () => {
  authority = await makeAuthority()
})
afterEach(stopAll)

const startHttp = async (): Promise<HttpTarget> => stopLater(await startHttpTarget())
const webhook = (url: string, secrets = {}) => channelOf({ kind: 'webhook', url }, secrets)

test('a webhook arrives with its key, signed so that Standard Webhooks takes it', async () => {
  const target = await startHttp()
  const [next, older, other] = [makeSigningSecret(), makeSigningSecret(), makeSigningSecret()]
  const secrets = { signingSecret: `${next} ${older}`, authorization: 'Bearer t0ken' }
  const sent = await trySend(webhook(`${target.url}/hook?a=1`, secrets))
  expect(sent).toEqual({ outcome: 'sent', remark: null })
  const { method, path, headers = {}, body = '' } = target.received[0] ?? {}
  expect([method, path]).toEqual(['POST', '/hook?a=1'])
  expect(headers).toMatchObject({ 'webhook-id': 'a12.34', authorization: 'Bearer t0ken' })
  const stated = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, `${value}`]),
  )
  const verify = (secret: string, text: string) => new Webhook(secret).verify(text, stated)
  for (const secret of [next, older])
    expect(verify(secret, body)).toMatchObject({ key: 'a12.34', act: 'open' })
  expect(() => verify(other, body)).toThrow(/signature/i)
  expect(() => verify(next, body.replace('payment', 'parking'))).toThrow(/signature/i)
})

test('a webhook without a signing secret has its key and time, and no signature', async () => {
  const target = await startHttp()
  await trySend(webhook(target.url))
  const { headers } = target.received[0] ?? {}
  expect(headers).toMatchObject({ 'webhook-id': 'a12.34', 'webhook-timestamp': expect.any(String) })
  expect(headers).not.toHaveProperty('webhook-signature')
})

test('a signing secret of another form is refused without a request', async () => {
  const target = await startHttp()
  const result = await trySend(webhook(target.url, { signingSecret: 'my-password' }))
  expect(result).toEqual(refused(/signing secret is not .*enter it anew/))
  expect(target.connections()).toBe(0)
})

test('TLS with a CA of the channel arrives, by name and by address', async () => {
  const target = stopLater(await startHttpTarget({ identity: authority.issue() }))
  for (const host of [`localhost:${target.port}`, `127.0.0.1:${target.port}`]) {
    const sent = await trySend(webhook(`https://${host}/`, { ca: authority.ca }))
    expect(sent).toEqual({ outcome: 'sent', remark: null })
    expect(target.received.at(-1)?.headers.host).toBe(host)
  }
})

test('each kind of bad certificate is told apart, and nothing is sent', async () => {
  const day = 86_400_000
  const { ca } = authority
  const expired = {
    notBefore: new Date(Date.now() - 9 * day),
    notAfter: new Date(Date.now() - day),
  }
  const future = { notBefore: new Date(Date.now() + day), notAfter: new Date(Date.now() + 9 * day) }
  const cases = [
    [
      authority.selfSign(),
      {},
      /localhost is not trusted: it is self-signed; add it to the channel/,
    ],
    [authority.issue(), {}, /localhost is not trusted: .*add its CA to the channel/],
    [
      authority.issue({ names: ['other.example'] }),
      { ca },
      /for another name \(DNS:other\.example\)/,
    ],
    [authority.issue(expired), { ca }, /localhost has expired: renew it/],
    [authority.issue(future), { ca }, /localhost is not valid yet/],
  ] as const
  for (const [identity, secrets, why] of cases) {
    const target = stopLater(await startHttpTarget({ identity }))
    expect(await trySend(webhook(target.url, secrets))).toEqual(pausing(why))
    expect(target.received).toEqual([])
  }
})

test('a CA that is no certificate is refused in words', async () => {
  const ca = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'
  for (const bad of ['hello', ca]) {
    const result = await trySend(webhook('https://127.0.0.1:1/', { ca: bad }))
    expect(result).toEqual(refused(/CA is not a certificate in PEM form/))
  }
})

test('a receiver that is down, cuts, or talks no HTTP or TLS is told apart', async () => {
  const closed = await findClosedPort()
  expect(await trySend(webhook(`http://127.0.0.1:${closed}/`))).toEqual(
    pausing('127.0.0.1 refused the connection: is it running, and is the port right?'),
  )
  const target = await startHttp()
  target.behave(resets)
  expect(await trySend(webhook(target.url))).toEqual(pausing(/closed the connection/))
  expect(await trySend(webhook(`https://127.0.0.1:${target.port}/`))).toEqual(
    pausing(/does not speak TLS 1\.2 or newer on this port/),
  )
  const nonsense = stopLater(
    await startRawTarget((socket) => socket.end('220 mail.example ESMTP\r\n')),
  )
  expect(await trySend(webhook(`http://127.0.0.1:${nonsense.port}/`))).toEqual(
    pausing(/does not answer in HTTP/),
  )
  const cut = stopLater(
    await startRawTarget((socket) => socket.once('data', () => socket.destroy())),
  )
  expect(await trySend(webhook(`https://127.0.0.1:${cut.port}/`))).toEqual(
    pausing(/closed the connection/),
  )
})

test.each([
  [500, { outcome: 'retry', pausesChannel: false, retryAfterMs: null }],
  [501, { outcome: 'retry', pausesChannel: false }],
  [502, { outcome: 'retry', pausesChannel: true }],
  [503, { outcome: 'retry', pausesChannel: true }],
  [504, { outcome: 'retry', pausesChannel: true }],
  [408, { outcome: 'retry', pausesChannel: false }],
  [400, { outcome: 'refused' }],
  [401, { outcome: 'refused' }],
  [403, { outcome: 'refused' }],
  [404, { outcome: 'refused' }],
  [405, { outcome: 'refused' }],
  [410, { outcome: 'refused' }],
  [413, { outcome: 'refused' }],
  [422, { outcome: 'refused' }],
])('status %i is judged as its class is', async (status, judged) => {
  const target = await startHttp()
  target.behave(answers(status))
  const result = await trySend(webhook(target.url))
  expect(result).toMatchObject(judged)
  expect(result).toMatchObject({ why: expect.stringContaining(`127.0.0.1 answered ${status}`) })
})

test('429 waits as long as Retry-After says, in seconds or until a date', async () => {
  const target = await startHttp()
  const after = async (value: string) => {
    target.behave(answers(429, { headers: { 'retry-after': value } }))
    return await trySend(webhook(target.url))
  }
  expect(await after('37')).toMatchObject({ retryAfterMs: 37_000, pausesChannel: true })
  const date = new Date(Date.now() + 3_600_000).toUTCString()
  const dated = await after(date)
  expect(dated).toMatchObject({ outcome: 'retry', pausesChannel: true })
  const waits = dated.outcome === 'retry' ? Number(dated.retryAfterMs) : 0
  expect(Math.abs(waits - 3_600_000)).toBeLessThan(60_000)
  expect(await after(new Date(0).toUTCString())).toMatchObject({ retryAfterMs: 0 })
  expect(await after('999999999')).toMatchObject({ retryAfterMs: 86_400_000 })
  for (const bad of ['soon', '-5', '1e9'])
    expect(await after(bad)).toMatchObject({ retryAfterMs: null })
  target.behave(answers(503, { headers: { 'retry-after': '5' } }))
  expect(await trySend(webhook(target.url))).toMatchObject({ retryAfterMs: 5_000 })
})
