// Syslog over TCP and TLS against a real receiver of octet-counted frames, and what goes wrong with it.
import { afterEach, beforeAll, expect, test } from 'vitest'
import { type Authority, makeAuthority } from '../support/certificates.ts'
import {
  findClosedPort,
  startRawTarget,
  startSyslogTarget,
  type TargetOptions,
} from '../support/channel-servers.ts'
import { waitFor } from '../support/process.ts'
import { channelOf, NOTICE, pausing, SHORT_MS, stopAll, stopLater, trySend } from './sending.ts'

let authority: Authority

beforeAll(async () => {
  authority = await makeAuthority()
})
afterEach(stopAll)

const startSyslog = async (options: TargetOptions = {}) =>
  stopLater(await startSyslogTarget(options))

type SyslogSettings = Partial<Extract<Parameters<typeof channelOf>[0], { kind: 'syslog' }>>
const syslog = (port: number, settings: SyslogSettings = {}) =>
  channelOf({ kind: 'syslog', host: 'localhost', port, ...settings }, { ca: authority.ca })

test.each(['json', 'cef', 'ocsf'] as const)(
  'a line of %s arrives whole over TLS',
  async (format) => {
    const target = await startSyslog({ identity: authority.issue() })
    expect(await trySend(syslog(target.port, { format }))).toEqual({
      outcome: 'sent',
      remark: null,
    })
    await waitFor('the frame', () => target.received[0])
    expect(target.received).toHaveLength(1)
    expect(target.received[0]).toMatch(/^<\d{1,3}>1 2026-11-22T12:00:00/)
    expect(target.received[0]).toContain('evil.example')
  },
)

test('frames are counted in octets, over TCP: what is not ASCII arrives whole, too', async () => {
  const target = await startSyslog()
  const alert = { ...NOTICE.alert, summary: 'zahlung ruft übel.example — „jetzt“ 🚨' }
  const sent = await trySend(syslog(target.port, { transport: 'tcp' }), {
    notice: { ...NOTICE, alert },
  })
  expect(sent).toEqual({ outcome: 'sent', remark: null })
  await waitFor('the frame', () => target.received[0])
  expect(target.received[0]).toContain('übel.example')
  expect(target.received[0]).not.toContain('\uFFFD')
})

test('bad certificates are told apart, and no line is shown to them', async () => {
  const past = { notBefore: new Date(2020, 1), notAfter: new Date(2020, 2) }
  const cases = [
    [authority.selfSign(), /localhost is not trusted: it is self-signed/],
    [authority.issue({ names: ['log.example'] }), /for another name/],
    [authority.issue(past), /has expired/],
  ] as const
  for (const [identity, why] of cases) {
    const target = await startSyslog({ identity })
    expect(await trySend(syslog(target.port))).toEqual(pausing(why))
    expect(target.received).toEqual([])
  }
})

test('a receiver that is down, cuts, speaks no TLS or hangs in the handshake is told apart', async () => {
  const tcp = { transport: 'tcp' } as const
  expect(await trySend(syslog(await findClosedPort(), tcp))).toEqual(
    pausing(/refused the connection/),
  )
  const plain = await startSyslog()
  expect(await trySend(syslog(plain.port))).toMatchObject({ outcome: 'retry', pausesChannel: true })
  expect(plain.received).toEqual([])
  const cut = stopLater(
    await startRawTarget((socket) => socket.once('data', () => socket.resetAndDestroy())),
  )
  expect(await trySend(syslog(cut.port))).toEqual(pausing(/closed the connection/))
  const mute = stopLater(await startRawTarget(() => {}))
  const result = await trySend(syslog(mute.port), { timeoutMs: SHORT_MS })
  expect(result).toEqual(pausing(/did not finish the TLS handshake within 0\.7 s/))
})

test('a connection that is reset when the line comes does not count as sent', async () => {
  const reset = stopLater(
    await startRawTarget((socket) => socket.once('data', () => socket.resetAndDestroy())),
  )
  const result = await trySend(syslog(reset.port, { transport: 'tcp' }))
  expect(result).toEqual(pausing(/closed the connection/))
})

test('a receiver that keeps the connection open is sent to all the same', async () => {
  const lines: string[] = []
  const open = stopLater(
    await startRawTarget((socket) => {
      socket.allowHalfOpen = true
      socket.on('data', (chunk) => lines.push(chunk.toString('utf8')))
    }),
  )
  expect(await trySend(syslog(open.port, { transport: 'tcp' }))).toEqual({
    outcome: 'sent',
    remark: null,
  })
  expect(lines.join('')).toMatch(/^\d+ <\d+>1 /)
})

test('a receiver at a private address is refused before a connection', async () => {
  const target = await startSyslog()
  const settings = { transport: 'tcp', allowsPrivate: false } as const
  for (const host of ['localhost', '127.1', '0x7f000001', '::ffff:7f00:1'])
    expect(await trySend(syslog(target.port, { host, ...settings }))).toEqual({
      outcome: 'refused',
      why: expect.stringMatching(/is not a public address/),
    })
  expect(target.connections()).toBe(0)
})
