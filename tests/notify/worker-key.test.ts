// A worker that was given another key than secrets were sealed under: the channel says so, its deliveries wait, and go
// out once the key is back.
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ChannelSettings } from '../../core/notify/channel.ts'
import { createChannel, readChannel } from '../../storage/channels.ts'
import { listDeliveries } from '../../storage/delivery-reads.ts'
import { ADA, addRoute, KEY } from '../storage/notices.ts'
import { waitFor } from '../support/process.ts'
import { startHttp } from './channel-world.ts'
import { createNotifyWorld, makeBaseline, type NotifyWorld } from './notify-world.ts'
import { stopAll } from './sending.ts'

const WITHIN_MS = 120_000

let world: NotifyWorld
beforeAll(async () => {
  world = await createNotifyWorld()
  await makeBaseline(world)
}, 60_000)
afterAll(async () => {
  await world.end()
  await stopAll()
}, 60_000)

test(
  'with a wrong key nothing is sent or lost, and the channel says what to do',
  async () => {
    const target = await startHttp()
    const settings = ChannelSettings.parse({ kind: 'slack', allowsPrivate: true })
    const secrets = { url: `${target.url}/services/T1/B1/s3cr3ts3cr3t` }
    const given = { name: 'sealed', isEnabled: true, settings, secrets, actor: ADA }
    const channel = await createChannel(world.web, KEY, given)
    await addRoute(world.web, channel)
    const other = await world.startWorker({
      STRAYLINE_SECRETS_KEY: randomBytes(32).toString('base64'),
    })
    await world.stray(['ledger'])
    const why = await waitFor(
      'the channel to say it',
      async () => (await readChannel(world.web, channel.id))?.lastError ?? undefined,
      WITHIN_MS,
    )
    expect(why).toMatch(/sealed with another key: put back the secrets\.key .* or enter them anew/)
    expect(await listDeliveries(world.web, { channelId: channel.id, countMax: 5 })).toMatchObject([
      { state: 'waiting' },
    ])
    expect(target.connections()).toBe(0)
    await other.end('SIGTERM')
    await world.startWorker()
    await world.untilNoneWaits(WITHIN_MS)
    expect(target.received.map(({ path }) => path)).toEqual(['/services/T1/B1/s3cr3ts3cr3t'])
    expect(await readChannel(world.web, channel.id)).toMatchObject({ lastError: null })
  },
  2 * WITHIN_MS,
)
