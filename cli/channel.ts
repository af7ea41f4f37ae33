// `strayline channel list|test|deliveries|resend`: whether people are told, from the command line. The worker of the
// Strayline that runs does the sending; here it is asked for and waited for.
import { setTimeout as sleep } from 'node:timers/promises'
import { displayName } from '../core/graph/label.ts'
import type { DeliveryState } from '../core/notify/delivery.ts'
import { listChannels, type StoredChannel } from '../storage/channels.ts'
import { requestTest, resendDeliveries } from '../storage/deliveries.ts'
import { listDeliveries, readDelivery, type StoredDelivery } from '../storage/delivery-reads.ts'
import { StorageError } from '../storage/failure.ts'
import type { Sql } from '../storage/sql.ts'
import { alignColumns, sayTime } from './columns.ts'
import { showProgress } from './terminal.ts'
import { commandLineActor, withSql } from './with-database.ts'

const COMMAND = 'channel'
const ASK_EVERY_MS = 200
/** Longer than a try may take, and than a worker needs to notice. */
const WAIT_MS = 60_000
const RESENT_AT_ONCE = 1_000

/** Gives the exit code, as all of these. */
export function listChannelHealth(): Promise<number> {
  return withSql(COMMAND, async (sql) => {
    const channels = await listChannels(sql)
    if (channels.length === 0) return 'There is no channel: set one up in the browser, in Settings.'
    const head = ['NAME', 'KIND', 'STATE', 'LAST SENT', 'WHY']
    return alignColumns([head, ...channels.map(rowOfChannel)])
  })
}

function rowOfChannel(channel: StoredChannel): readonly string[] {
  const { name, kind, lastSentAtMs, lastError } = channel
  const lastSent = lastSentAtMs === null ? 'never' : sayTime(lastSentAtMs)
  return [name, kind, sayState(channel), lastSent, displayName(lastError ?? '')]
}

function sayState(channel: StoredChannel): string {
  const { isEnabled, failingSinceMs, pausedUntilMs, lastSentAtMs } = channel
  if (!isEnabled) return 'off'
  if (failingSinceMs === null) return lastSentAtMs === null ? 'untried' : 'works'
  const paused = pausedUntilMs === null ? '' : `, again ${sayTime(pausedUntilMs)}`
  return `fails since ${sayTime(failingSinceMs)}${paused}`
}

/** Sends a test message and waits for its end. */
export function testChannel({ name }: { readonly name: string }): Promise<number> {
  return withSql(COMMAND, async (sql) => {
    const channel = await requireChannel(sql, name)
    const id = await requestTest(sql, { channelId: channel.id, actor: commandLineActor() })
    const delivery = await waitForEnd(sql, { id, name })
    if (delivery?.state === 'sent') return `The test message has arrived at ${name}.`
    const why =
      delivery?.state === 'waiting'
        ? 'nobody has sent it yet. Is Strayline running? `strayline doctor` says what is wrong'
        : (delivery?.lastError ?? 'its delivery was removed').replace(/\.$/, '')
    throw new StorageError('TEST_FAILED', `The test of ${name} failed: ${displayName(why)}.`)
  })
}

async function waitForEnd(
  sql: Sql,
  { id, name }: { readonly id: string; readonly name: string },
): Promise<StoredDelivery | null> {
  const startMs = Date.now()
  for (;;) {
    const delivery = await readDelivery(sql, id)
    const waitedMs = Date.now() - startMs
    if (delivery?.state !== 'waiting' || waitedMs > WAIT_MS) return delivery
    showProgress(`testing ${name}: ${Math.round(waitedMs / 1000)} s`)
    await sleep(ASK_EVERY_MS)
  }
}

/** Prints deliveries, the newest first. */
export function printDeliveries(request: {
  readonly channel?: string
  readonly state?: DeliveryState
  readonly limit: number
}): Promise<number> {
  const { channel: name, state, limit } = request
  return withSql(COMMAND, async (sql) => {
    const channel = name === undefined ? null : await requireChannel(sql, name)
    const deliveries = await listDeliveries(sql, {
      ...(channel === null ? {} : { channelId: channel.id }),
      ...(state === undefined ? {} : { states: [state] }),
      countMax: limit,
    })
    if (deliveries.length === 0) return 'There is no such delivery.'
    const head = ['ID', 'STATE', 'CHANNEL', 'WHAT', 'WHEN', 'TRIES', 'WHY']
    return alignColumns([head, ...deliveries.map(rowOfDelivery)])
  })
}

function rowOfDelivery(delivery: StoredDelivery): readonly string[] {
  const { id, state, channelName, type, act, alertId, attempts, lastError } = delivery
  const what = act === null ? type : `alert ${alertId} ${act}`
  const when = sayTime(delivery.finishedAtMs ?? delivery.dueAtMs)
  return [id, state, channelName, what, when, String(attempts), displayName(lastError ?? '')]
}

/** ids: null for all that are dead, of one channel or of all. */
export function resend(
  request:
    | { readonly ids: readonly string[] }
    | { readonly ids: null; readonly channel: string | undefined },
): Promise<number> {
  return withSql(COMMAND, async (sql) => {
    const actor = commandLineActor()
    const resent =
      request.ids === null
        ? await resendDead(sql, request.channel, actor)
        : await resendDeliveries(sql, { ids: request.ids, actor })
    if (resent === 0)
      throw new StorageError('NOTHING_RESENT', 'None of these is dead, or newer news has arrived.')
    return `${resent} ${resent === 1 ? 'delivery waits' : 'deliveries wait'} to be sent again.`
  })
}

async function resendDead(sql: Sql, name: string | undefined, actor: string): Promise<number> {
  let resent = 0
  for (;;) {
    const ids = await listDead(sql, name)
    const more = ids.length === 0 ? 0 : await resendDeliveries(sql, { ids, actor })
    if (more === 0) return resent
    resent += more
  }
}

async function listDead(sql: Sql, name: string | undefined): Promise<readonly string[]> {
  const channel = name === undefined ? null : await requireChannel(sql, name)
  const dead = await listDeliveries(sql, {
    ...(channel === null ? {} : { channelId: channel.id }),
    ...{ states: ['dead'], countMax: RESENT_AT_ONCE },
  })
  return dead.map(({ id }) => id)
}

async function requireChannel(sql: Sql, name: string): Promise<StoredChannel> {
  const channel = (await listChannels(sql)).find((each) => each.name === name)
  if (channel) return channel
  const text = `There is no channel named ${name}: strayline channel list names them.`
  throw new StorageError('CHANNEL_UNKNOWN', text)
}
