// Receivers of three protocols that are down for a real minute, while the worker runs: their alert comes when they are back,
// once; meanwhile their channels say why, and another channel is not delayed.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readChannel } from '../../storage/channels.ts'
import {
  findClosedPort,
  startHttpTarget,
  startSmtpTarget,
  startSyslogTarget,
} from '../support/channel-servers.ts'
import {
  type ChannelWorld,
  createChannelWorld,
  emailTo,
  startHttp,
  syslogTo,
  WITHIN_MS,
} from './channel-world.ts'
import { stopLater } from './sending.ts'

const DOWN_MS = 60_000

let world: ChannelWorld
beforeAll(async () => {
  world = await createChannelWorld()
}, 60_000)
afterAll(() => world.end(), 60_000)

test(
  'receivers that are down for a minute get it when they are back, once, and delay no other',
  async () => {
    const { authority } = world
    const secure = { ca: authority.ca }
    const [httpPort, smtpPort, syslogPort] = [
      await findClosedPort(),
      await findClosedPort(),
      await findClosedPort(),
    ]
    const well = await startHttp()
    const up = await world.addChannel('well', { kind: 'webhook', url: well.url })
    const channels = [
      await world.addChannel(
        'down-http',
        { kind: 'webhook', url: `https://localhost:${httpPort}/` },
        secure,
      ),
      await world.addChannel('down-smtp', emailTo(smtpPort), secure),
      await world.addChannel('down-syslog', syslogTo(syslogPort), secure),
    ]
    await world.stray(['parcel'])
    const wentDownMs = Date.now()
    for (const channel of channels)
      await world.untilSaid(channel, /localhost refused the connection/)
    expect(await world.untilSent(up)).toMatchObject({ attempts: 1 })
    // The log has it a moment before the database.
    for (const channel of channels) {
      const fails = async () => {
        const { failingSinceMs, lastError } = (await readChannel(world.web, channel.id)) ?? {}
        return typeof failingSinceMs === 'number' && /refused the connection/.test(lastError ?? '')
      }
      await expect.poll(fails, { timeout: WITHIN_MS }).toBe(true)
    }
    await sleep(Math.max(0, wentDownMs + DOWN_MS - Date.now()))
    const http = stopLater(await startHttpTarget({ port: httpPort, identity: authority.issue() }))
    const smtp = stopLater(await startSmtpTarget({ port: smtpPort, identity: authority.issue() }))
    const syslog = stopLater(
      await startSyslogTarget({ port: syslogPort, identity: authority.issue() }),
    )
    for (const channel of channels) {
      expect((await world.untilSent(channel)).attempts).toBeGreaterThan(1)
      expect(await readChannel(world.web, channel.id)).toMatchObject({ failingSinceMs: null })
    }
    for (const { received } of [http, smtp, syslog]) expect(received).toHaveLength(1)
  },
  2 * WITHIN_MS,
)
