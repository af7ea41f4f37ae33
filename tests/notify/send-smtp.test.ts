// E-mail against a real SMTP server: TLS before anything is said, sign-in, replies that ask to wait and those that
// do not, and a server that hangs.
import { afterEach, beforeAll, expect, test } from 'vitest'
import { type Authority, makeAuthority } from '../support/certificates.ts'
import {
  findClosedPort,
  type SmtpOptions,
  startHttpTarget,
  startRawTarget,
  startSmtpTarget,
} from '../support/channel-servers.ts'
import { channelOf, pausing, refused, SHORT_MS, stopAll, stopLater, trySend } from './sending.ts'

const PASSWORD = 'open sesame 123'

let authority: Authority
let trusted: Extract<SmtpOptions['identity'], object>

beforeAll(async () => {
  authority = await makeAuthority()
  trusted = authority.issue()
})
afterEach(stopAll)

const startSmtp = async (options: SmtpOptions = {}) =>
  stopLater(await startSmtpTarget({ identity: trusted, ...options }))

type EmailSettings = Partial<Extract<Parameters<typeof channelOf>[0], { kind: 'email' }>>

const email = (port: number, settings: EmailSettings = {}, secrets = {}) =>
  channelOf(
    {
      ...{ kind: 'email', host: 'localhost', port },
      ...{ from: 'strayline@example.org', to: ['a@example.org', 'b@example.org'] },
      ...settings,
    },
    { ca: authority.ca, ...secrets },
  )

test('a mail goes over STARTTLS, with text, HTML, and one message id for every try', async () => {
  const target = await startSmtp()
  const channel = email(target.port)
  for (let round = 0; round < 2; round++)
    expect(await trySend(channel)).toEqual({ outcome: 'sent', remark: null })
  const [first, second] = target.received
  expect(first).toMatchObject({
    from: 'strayline@example.org',
    to: ['a@example.org', 'b@example.org'],
    isSecure: true,
  })
  const idOf = (source = '') => /^Message-ID: (<[^>]+>)\r$/m.exec(source)?.[1]
  expect(idOf(first?.source)).toMatch(/^<.*a12.*>$/)
  expect(idOf(second?.source)).toBe(idOf(first?.source))
  expect(first?.source).toMatch(/^Auto-Submitted: auto-generated\r$/m)
  expect(first?.source).toContain('Content-Type: text/plain')
  expect(first?.source).toContain('Content-Type: text/html')
})

test('a mail goes over TLS from the first byte, signed in', async () => {
  const login = { user: 'mailer', password: PASSWORD }
  const target = await startSmtp({ isImplicit: true, login })
  const settings = { tls: 'implicit', user: 'mailer' } as const
  expect(await trySend(email(target.port, settings, { password: PASSWORD }))).toMatchObject({
    outcome: 'sent',
  })
  expect(target.received[0]).toMatchObject({ isSecure: true, user: 'mailer' })
})

test('a wrong password is refused without showing it', async () => {
  const target = await startSmtp({ login: { user: 'mailer', password: PASSWORD } })
  const result = await trySend(
    email(target.port, { user: 'mailer' }, { password: 'not it at all' }),
  )
  expect(result).toEqual(refused(/answered "535 .*it does not accept user and password/))
  expect(JSON.stringify(result)).not.toContain('not it at all')
  expect(target.received).toEqual([])
})

test('without STARTTLS nothing is said, unless the channel allows it', async () => {
  const target = await startSmtp({ identity: null })
  expect(await trySend(email(target.port))).toEqual(
    refused(/localhost offers no STARTTLS: set the channel to/),
  )
  expect(target.received).toEqual([])
  expect(await trySend(email(target.port, { tls: 'none' }))).toMatchObject({ outcome: 'sent' })
  expect(target.received[0]).toMatchObject({ isSecure: false })
})

test('a user for a server without sign-in is refused in words', async () => {
  const target = await startSmtp()
  const result = await trySend(email(target.port, { user: 'mailer' }, { password: PASSWORD }))
  expect(result).toMatchObject({ outcome: 'refused', why: expect.stringMatching(/sign-in|user/) })
})

test('bad certificates are told apart, over STARTTLS and from the first byte', async () => {
  const past = { notBefore: new Date(2020, 1), notAfter: new Date(2020, 2) }
  for (const isImplicit of [false, true]) {
    const tls = isImplicit ? 'implicit' : 'required'
    const cases = [
      [authority.selfSign(), /localhost is not trusted: it is self-signed/],
      [authority.issue({ names: ['mx.example'] }), /for another name/],
      [authority.issue(past), /has expired/],
    ] as const
    for (const [identity, why] of cases) {
      const target = await startSmtp({ identity, isImplicit })
      expect(await trySend(email(target.port, { tls }))).toEqual(pausing(why))
      expect(target.received).toEqual([])
    }
  }
})

test('replies of 4xx wait, of 5xx do not, and each is said', async () => {
  const full = { code: 452, text: 'Mailbox full' }
  const unknown = { code: 550, text: 'No such user here' }
  const later = await startSmtp({ refuses: { '*': full } })
  expect(await trySend(email(later.port))).toEqual({
    outcome: 'retry',
    why: expect.stringMatching(/answered "452 Mailbox full": it asks to try again later/),
    retryAfterMs: null,
    pausesChannel: false,
  })
  const never = await startSmtp({ refuses: { '*': unknown } })
  expect(await trySend(email(never.port))).toEqual(
    refused(/answered "550 No such user here": check sender and recipients/),
  )
})

test('a mail that some recipients may not have is sent, and says who', async () => {
  const target = await startSmtp({ refuses: { 'b@example.org': { code: 550, text: 'Gone' } } })
  expect(await trySend(email(target.port))).toEqual({
    outcome: 'sent',
    remark: 'The server took it, but not for b@example.org ("550 Gone"): check these addresses.',
  })
  expect(target.received[0]?.to).toEqual(['a@example.org'])
})

test('a server that is down, cuts, speaks something else or hangs is told apart', async () => {
  const plain = { tls: 'none' } as const
  expect(await trySend(email(await findClosedPort()))).toEqual(
    pausing(/localhost refused the connection/),
  )
  const cut = stopLater(await startRawTarget((socket) => socket.resetAndDestroy()))
  expect(await trySend(email(cut.port, plain))).toEqual(pausing(/closed the connection/))
  const quiet = stopLater(await startRawTarget((socket) => socket.end()))
  expect(await trySend(email(quiet.port, plain))).toEqual(pausing(/closed the connection/))
  const http = stopLater(await startHttpTarget())
  expect(await trySend(email(http.port, plain), { timeoutMs: SHORT_MS })).toMatchObject({
    outcome: 'retry',
    pausesChannel: true,
  })
  const nonsense = stopLater(await startRawTarget((socket) => socket.write('hello\r\n')))
  expect(await trySend(email(nonsense.port, plain))).toEqual(pausing(/does not answer in SMTP/))
  const mute = stopLater(await startRawTarget(() => {}))
  const short = { timeoutMs: SHORT_MS }
  expect(await trySend(email(mute.port), short)).toEqual(
    pausing(/localhost did not answer within 0\.7 s/),
  )
  const midTls = stopLater(
    await startRawTarget((socket) => socket.once('data', () => socket.destroy())),
  )
  expect(await trySend(email(midTls.port, { tls: 'implicit' }))).toEqual(
    pausing(/closed the connection/),
  )
  const atEnd = await startSmtp({ hangsAtEnd: true })
  expect(await trySend(email(atEnd.port), { timeoutMs: 3_000 })).toEqual(
    pausing(/did not answer within 3 s/),
  )
})

test('a server at a private address is refused before a connection', async () => {
  const target = await startSmtp()
  for (const host of ['localhost', '127.0.0.1', '2130706433', '::ffff:127.0.0.1'])
    expect(await trySend(email(target.port, { host, allowsPrivate: false }))).toEqual(
      refused(/is not a public address/),
    )
  expect(target.connections()).toBe(0)
})
