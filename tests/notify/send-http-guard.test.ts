// The guard over real connections: where they may go, that kept ones are used for nothing else, and redirects.
import { afterEach, expect, test } from 'vitest'
import { closeConnections, openConnections } from '../../notify/send/connections.ts'
import { send } from '../../notify/send/send.ts'
import { answers, type HttpTarget, startHttpTarget } from '../support/channel-servers.ts'
import { waitFor } from '../support/process.ts'
import {
  channelOf,
  LINKS,
  NOTICE,
  pausing,
  refused,
  stopAll,
  stopLater,
  trySend,
} from './sending.ts'

afterEach(stopAll)

const startHttp = async (): Promise<HttpTarget> => stopLater(await startHttpTarget())
const webhook = (url: string, secrets = {}) => channelOf({ kind: 'webhook', url }, secrets)

test('a redirect to loopback is refused in words, and nobody is asked there', async () => {
  const inside = await startHttp()
  const target = await startHttp()
  for (const status of [301, 302, 303, 307, 308]) {
    target.behave(answers(status, { headers: { location: `${inside.url}/latest/meta-data` } }))
    const result = await trySend(webhook(target.url))
    expect(result).toEqual(refused(/redirects are not followed; give the channel the address/))
  }
  expect(inside.connections()).toBe(0)
})

test('private addresses are refused unless the channel is allowed them, before a connection', async () => {
  const target = await startHttp()
  const spellings = [
    '127.0.0.1',
    'localhost',
    '2130706433',
    '0x7f.1',
    '0177.0.0.1',
    '[::ffff:127.0.0.1]',
  ]
  for (const host of spellings) {
    const url = `http://${host}:${target.port}/`
    const channel = channelOf({ kind: 'webhook', url, allowsPrivate: false })
    expect(await trySend(channel)).toEqual(refused(/is not a public address/))
  }
  expect(target.connections()).toBe(0)
})

test('a name that resolves to loopback is refused', async () => {
  const target = await startHttp()
  const url = `http://hooks.example.org:${target.port}/`
  const channel = channelOf({ kind: 'webhook', url, allowsPrivate: false })
  expect(await trySend(channel, { resolve: async () => ['127.0.0.1'] })).toEqual(
    refused(/^hooks\.example\.org resolves to 127\.0\.0\.1, which is not a public address/),
  )
  expect(target.connections()).toBe(0)
})

test('DNS is asked once: the connection goes to that answer, not to a later one', async () => {
  const target = await startHttp()
  // Nothing listens on the first address. That a public one is pinned alike: send-address.test.ts.
  const dns = [['127.0.0.9'], ['127.0.0.1'], ['127.0.0.1']]
  const resolve = async () => dns.shift() ?? []
  const result = await trySend(webhook(`http://hooks.example.org:${target.port}/`), { resolve })
  expect(result).toEqual(
    pausing('hooks.example.org refused the connection: is it running, and is the port right?'),
  )
  expect(dns).toHaveLength(2)
  expect(target.connections()).toBe(0)
})

test('of several addresses the next is tried when one is down', async () => {
  const target = await startHttp()
  const resolve = async () => ['127.0.0.9', '127.0.0.1']
  const result = await trySend(webhook(`http://hooks.example.org:${target.port}/`), { resolve })
  expect(result).toMatchObject({ outcome: 'sent' })
  expect(target.received[0]?.headers.host).toBe(`hooks.example.org:${target.port}`)
})

test('a kept connection is not used again for a name that leads elsewhere now', async () => {
  const first = await startHttp()
  const url = `http://hooks.example.org:${first.port}/`
  const dns = [['127.0.0.1'], ['127.0.0.1'], ['127.0.0.9']]
  const connections = openConnections({ resolve: async () => dns.shift() ?? [] })
  const options = { connections, links: LINKS }
  const channel = webhook(url)
  expect(await send(channel, NOTICE, options)).toMatchObject({ outcome: 'sent' })
  await waitFor('the socket to be kept', () =>
    Object.keys(connections.http.freeSockets).length === 1 ? true : undefined,
  )
  expect(await send(channel, NOTICE, options)).toMatchObject({ outcome: 'sent' })
  expect(first.connections()).toBe(1)
  // Nothing listens on the other address of loopback.
  expect(await send(channel, NOTICE, options)).toEqual(pausing(/refused the connection/))
  expect(first.received).toHaveLength(2)
  closeConnections(connections)
})

test('a kept connection gathers nothing from send to send', async () => {
  const target = await startHttp()
  const connections = openConnections()
  const warnings: string[] = []
  const note = ({ message }: Error) => warnings.push(message)
  process.on('warning', note)
  for (let round = 0; round < 25; round++) {
    const sent = await send(webhook(target.url), NOTICE, { connections, links: LINKS })
    expect(sent).toMatchObject({ outcome: 'sent' })
    await waitFor('the socket to be kept', () =>
      Object.keys(connections.http.freeSockets).length === 1 ? true : undefined,
    )
  }
  expect(target.connections()).toBe(1)
  process.off('warning', note)
  closeConnections(connections)
  expect(warnings).toEqual([])
})

test('a kept connection that the receiver closed meanwhile is no failure', async () => {
  const target = await startHttp()
  target.behave((response) => {
    response.end('ok')
    response.once('close', () => setImmediate(() => response.socket?.destroy()))
  })
  const connections = openConnections()
  const channel = webhook(target.url)
  for (let round = 0; round < 20; round++)
    expect(await send(channel, NOTICE, { connections, links: LINKS })).toMatchObject({
      outcome: 'sent',
    })
  closeConnections(connections)
})

test('a URL with a user or password is refused without showing it', async () => {
  const result = await trySend(webhook('http://admin:hunter22@127.0.0.1:1/'))
  expect(result).toEqual(refused(/holds a user or password/))
  expect(JSON.stringify(result)).not.toContain('hunter22')
})
