// Receivers that hang, flood, echo secrets or answer nonsense: each has an end and a sentence, and nothing leaks.
import { afterEach, beforeAll, expect, test } from 'vitest'
import { closeConnections, openConnections } from '../../notify/send/connections.ts'
import { send } from '../../notify/send/send.ts'
import { type Authority, makeAuthority } from '../support/certificates.ts'
import {
  answers,
  floods,
  type HttpTarget,
  hangs,
  hangsInBody,
  startHttpTarget,
  startRawTarget,
} from '../support/channel-servers.ts'
import {
  channelOf,
  LINKS,
  NOTICE,
  pausing,
  refused,
  SHORT_MS,
  stopAll,
  stopLater,
  trySend,
} from './sending.ts'

let authority: Authority

beforeAll(async () => {
  authority = await makeAuthority()
})
afterEach(stopAll)

const startHttp = async (): Promise<HttpTarget> => stopLater(await startHttpTarget())
const webhook = (url: string, secrets = {}) => channelOf({ kind: 'webhook', url }, secrets)

test('each place where a receiver may hang has its words, and an end', async () => {
  const slow = { timeoutMs: SHORT_MS }
  const target = await startHttp()
  target.behave(hangs)
  expect(await trySend(webhook(target.url), slow)).toEqual(
    pausing('127.0.0.1 did not answer within 0.7 s.'),
  )
  const mute = stopLater(await startRawTarget(() => {}))
  expect(await trySend(webhook(`https://127.0.0.1:${mute.port}/`), slow)).toEqual(
    pausing(/did not finish the TLS handshake within/),
  )
  const never = () => new Promise<never>(() => {})
  expect(await trySend(webhook('http://hooks.example.org/'), { ...slow, resolve: never })).toEqual(
    pausing('DNS said nothing about hooks.example.org within 0.7 s.'),
  )
  const headers = stopLater(
    await startRawTarget((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n')
      const timer = setInterval(() => socket.write('x-more: 1\r\n'), 50)
      socket.once('close', () => clearInterval(timer))
    }),
  )
  expect(await trySend(webhook(`http://127.0.0.1:${headers.port}/`), slow)).toEqual(
    pausing(/did not answer/),
  )
})

test('an answer that never ends counts by its status, and its connection is closed in the end', async () => {
  const target = await startHttp()
  for (const behaviour of [hangsInBody(200), hangsInBody(200, { trickleMs: 20 }), floods(200)]) {
    target.behave(behaviour)
    expect(await trySend(webhook(target.url))).toEqual({ outcome: 'sent', remark: null })
  }
  for (const behaviour of [hangsInBody(500), hangsInBody(500, { trickleMs: 20 }), floods(500)]) {
    target.behave(behaviour)
    const result = await trySend(webhook(target.url), { timeoutMs: SHORT_MS })
    expect(result).toMatchObject({ outcome: 'retry', pausesChannel: false })
  }
  const connections = openConnections({ timeoutMs: SHORT_MS })
  const closed = Promise.withResolvers<true>()
  target.behave((response, request) => {
    hangsInBody(200, { trickleMs: 20 })(response, request)
    response.once('close', () => closed.resolve(true))
  })
  await send(webhook(target.url), NOTICE, { connections, links: LINKS })
  expect(await closed.promise).toBe(true)
  closeConnections(connections)
})

test('headers beyond a bound end it', async () => {
  const target = stopLater(
    await startRawTarget((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n')
      const fill = () => {
        while (!socket.destroyed && socket.write(`x-a: ${'y'.repeat(8_000)}\r\n`));
      }
      socket.on('drain', fill)
      fill()
    }),
  )
  const result = await trySend(webhook(`http://127.0.0.1:${target.port}/`))
  expect(result).toMatchObject({ outcome: 'retry', pausesChannel: true })
})

test('what the receiver gives as its reason is said, in one short line, and no secret in it', async () => {
  const target = await startHttp()
  const token = 'xoxb-12345-abcdef'
  const url = `${target.url}/services/T0000/B0000/Secr3tSecr3t`
  const channel = channelOf({ kind: 'slack' }, { url, ca: authority.ca })
  const reasonOf = async (body: string, status = 400) => {
    target.behave(answers(status, { body }))
    const result = await trySend(channel)
    return result.outcome === 'sent' ? '' : result.why
  }
  expect(await reasonOf('invalid_payload')).toContain('answered 400 ("invalid_payload")')
  const pagerDuty = {
    status: 'invalid event',
    message: 'Event object is invalid',
    errors: ["Length of 'routing_key' is incorrect"],
  }
  expect(await reasonOf(JSON.stringify(pagerDuty))).toContain(
    `("Event object is invalid; Length of 'routing_key' is incorrect")`,
  )
  expect(await reasonOf('{"error":{"code":"x","message":"no such flow"}}')).toContain(
    '("no such flow")',
  )
  expect(await reasonOf('<html><h1>Bad</h1></html>')).not.toContain('Bad')
  expect(await reasonOf(`a\u0000\u001b[31m\n\u202eb ${'x'.repeat(9_999)}`)).toMatch(
    /\("a \[31m b x{190,}…"\)/,
  )
  for (const echo of [
    url,
    '/services/T0000/B0000/Secr3tSecr3t',
    'got Secr3tSecr3t',
    encodeURIComponent(url),
  ]) {
    const why = await reasonOf(echo)
    expect(why).not.toContain('Secr3t')
    expect(why).toContain('[secret]')
  }
  target.behave((response, { headers }) =>
    response.writeHead(401).end(`bad: ${headers.authorization}`),
  )
  const withToken = webhook(target.url, { authorization: `Bearer ${token}` })
  const result = await trySend(withToken)
  expect(result).toEqual(refused(/\("bad: \[secret\]"\): it does not accept the channel's secrets/))
})

test('a secret that is cut with the end of a long answer leaves no beginning behind', async () => {
  const target = await startHttp()
  const token = 'tok3nThatIsLongEnoughToBeCutInTwo'
  for (const before of [170, 180, 190, 195]) {
    target.behave(answers(400, { body: `${'x'.repeat(before)} ${token} and more` }))
    const result = await trySend(webhook(target.url, { authorization: `Bearer ${token}` }))
    const why = result.outcome === 'sent' ? '' : result.why
    expect(why).toContain('[secret]…')
    expect(why).not.toContain(token.slice(0, 4))
  }
})

test('a receiver that wants to speak another protocol is no receiver, and holds nothing up', async () => {
  const target = await startHttp()
  target.behave((response) => {
    response.socket?.write(
      'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n',
    )
  })
  expect(await trySend(webhook(target.url))).toEqual(pausing(/does not answer in HTTP/))
})

test('a secret that no header may hold is refused in words', async () => {
  const result = await trySend(webhook('http://127.0.0.1:1/', { authorization: 'a\r\nx-evil: 1' }))
  expect(result).toEqual(refused(/holds a character that no header may hold/))
})

test('a stop ends what is under way at once, to be tried again', async () => {
  const target = await startHttp()
  const came = Promise.withResolvers<void>()
  target.behave(() => came.resolve())
  const connections = openConnections({ timeoutMs: 60_000 })
  const sending = send(webhook(target.url), NOTICE, { connections, links: LINKS })
  await came.promise
  closeConnections(connections)
  const stopped = { outcome: 'retry', pausesChannel: false, why: expect.stringMatching(/stopping/) }
  expect(await sending).toMatchObject(stopped)
  expect(await send(webhook(target.url), NOTICE, { connections, links: LINKS })).toMatchObject(
    stopped,
  )
})
