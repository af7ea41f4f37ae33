// A worker with channels of every kind, for tests of what becomes of an alert on its way: made through the doors that
// people use, raised by real commits, looked at in the stored deliveries and in the worker's log.
import type { z } from 'zod'
import { type ChannelSecrets, ChannelSettings } from '../../core/notify/channel.ts'
import { createChannel, type StoredChannel, updateChannel } from '../../storage/channels.ts'
import { listDeliveries, type StoredDelivery } from '../../storage/delivery-reads.ts'
import { ADA, addRoute, KEY } from '../storage/notices.ts'
import { type Authority, makeAuthority } from '../support/certificates.ts'
import { type HttpTarget, startHttpTarget } from '../support/channel-servers.ts'
import { type ProcessUnderTest, waitFor } from '../support/process.ts'
import { createNotifyWorld, makeBaseline, type NotifyWorld } from './notify-world.ts'
import { stopAll, stopLater } from './sending.ts'

/** Some tries of the worker fall into it, however its waits are spread. */
export const WITHIN_MS = 240_000

export type ChannelWorld = Pick<NotifyWorld, 'web' | 'stray'> & {
  readonly worker: ProcessUnderTest
  /** Named in the worker's environment. */
  readonly proxy: HttpTarget
  readonly authority: Authority
  /** A channel to which everything is routed. */
  readonly addChannel: (
    name: string,
    settings: z.input<typeof ChannelSettings>,
    secrets?: ChannelSecrets,
  ) => Promise<StoredChannel>
  readonly changeSecrets: (channel: StoredChannel, secrets: ChannelSecrets) => Promise<void>
  /** Nothing more is sent to it. */
  readonly disable: (channel: StoredChannel) => Promise<void>
  /** Its newest delivery, once it has ended so. */
  readonly untilSent: (channel: StoredChannel) => Promise<StoredDelivery>
  readonly untilGivenUp: (channel: StoredChannel) => Promise<StoredDelivery>
  /** A try ended with that, as the worker logs it: what is stored is gone with the next try. */
  readonly untilSaid: (channel: StoredChannel, why: RegExp) => Promise<void>
  readonly end: () => Promise<void>
}

/** prod has a baseline; a worker runs, whose environment names a proxy to which nothing may be sent. */
export async function createChannelWorld(): Promise<ChannelWorld> {
  const world = await createNotifyWorld()
  const authority = await makeAuthority()
  await makeBaseline(world)
  const proxy = stopLater(await startHttpTarget())
  const proxied = { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url, NODE_USE_ENV_PROXY: '1' }
  const worker = await world.startWorker(proxied)
  const change = ({ id }: StoredChannel) => ({ id, actor: ADA, expectedRevision: null })
  const untilState = (channel: StoredChannel, state: string) => {
    const look = async () => {
      const query = { channelId: channel.id, countMax: 1 }
      const [delivery] = await listDeliveries(world.web, query)
      return delivery?.state === state ? delivery : undefined
    }
    return waitFor(`${channel.name}: ${state}`, look, WITHIN_MS)
  }
  return {
    ...{ web: world.web, stray: world.stray, worker, proxy, authority },
    addChannel: async (name, settings, secrets = {}) => {
      const parsed = ChannelSettings.parse({ allowsPrivate: true, ...settings })
      const given = { name, isEnabled: true, settings: parsed, secrets, actor: ADA }
      const channel = await createChannel(world.web, KEY, given)
      await addRoute(world.web, channel)
      return channel
    },
    changeSecrets: async (channel, secrets) => {
      await updateChannel(world.web, KEY, { ...change(channel), secrets })
    },
    disable: async (channel) => {
      await updateChannel(world.web, KEY, { ...change(channel), isEnabled: false })
    },
    untilSent: (channel) => untilState(channel, 'sent'),
    untilGivenUp: (channel) => untilState(channel, 'dead'),
    untilSaid: async ({ name }, why) => {
      const look = () => readSaid(worker.output(), name).find((said) => why.test(said))
      await waitFor(`${name}: ${why}`, look, WITHIN_MS)
    },
    end: async () => {
      await worker.end('SIGTERM')
      await stopAll()
      await world.end()
    },
  }
}

/** The sentences about a channel in a log. */
function readSaid(output: string, channel: string): string[] {
  const lines = output.split('\n').filter((line) => line.includes('"why"') && line.endsWith('}'))
  const events = lines.map((line): Record<string, unknown> => JSON.parse(line))
  return events.filter((event) => event.channel === channel).map(({ why }) => `${why}`)
}

export const emailTo = (port: number) => {
  const [from, to] = ['s@example.org', ['a@example.org']]
  return { kind: 'email' as const, host: 'localhost', port, from, to }
}

export const syslogTo = (port: number) => ({ kind: 'syslog' as const, host: 'localhost', port })

export const startHttp = async (): Promise<HttpTarget> => stopLater(await startHttpTarget())
