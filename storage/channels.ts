// Writes the table channel: where notices go. Secrets are sealed here (secret-box.ts) and handed out to nobody but
// the worker that sends; the audit has names of what was changed, never a value.
import {
  type Channel,
  type ChannelKind,
  type ChannelSecrets,
  ChannelSettings,
} from '../core/notify/channel.ts'
import { appendAudit } from './audit.ts'
import { mergeSecrets, type SecretsChange } from './channel-secrets.ts'
import { dueAgainAtOnce } from './deliveries.ts'
import { wakeChannel } from './delivery-jobs.ts'
import { notifyChange } from './events.ts'
import { errorCode, StorageError } from './failure.ts'
import { openSecrets, type SecretsKey, sealSecrets } from './secret-box.ts'
import type { Query, Sql } from './sql.ts'

export type StoredChannel = {
  readonly id: string
  readonly name: string
  readonly kind: ChannelKind
  readonly isEnabled: boolean
  readonly settings: ChannelSettings
  readonly secretNames: readonly string[]
  /** One more with each change by a person. */
  readonly revision: number
  readonly createdBy: string
  readonly createdAtMs: number
  /** Nothing but tests is sent before; null: it is not paused. */
  readonly pausedUntilMs: number | null
  /** Since when every try has failed; null: the last one did not. */
  readonly failingSinceMs: number | null
  /** Of the whole channel, one after the other. */
  readonly failures: number
  readonly lastSentAtMs: number | null
  /** Why the last try failed, or what should be known of it though it did not. No secret. */
  readonly lastError: string | null
}

type ChannelRow = {
  id: bigint
  name: string
  kind: ChannelKind
  settings: unknown
  secrets: Uint8Array | null
  secret_names: string[]
  is_enabled: boolean
  revision: number
  created_by: string
  created_at: Date
  paused_until: Date | null
  failing_since: Date | null
  failures: number
  last_sent_at: Date | null
  last_error: string | null
}

/** All of them, by name. */
export async function listChannels(sql: Query): Promise<readonly StoredChannel[]> {
  const rows = await sql<ChannelRow[]>`select * from channel order by name`
  return rows.map(channelOf)
}

/** Null: there is none of that id. */
export async function readChannel(sql: Query, id: string): Promise<StoredChannel | null> {
  const row = await readRow(sql, id)
  return row ? channelOf(row) : null
}

/**
 * A channel with its secrets, to send by; null: there is none of that id. Errors: StorageError
 * SECRETS_KEY_WRONG, SECRETS_DAMAGED.
 */
export function openChannel(channel: SealedChannel, key: SecretsKey): Channel {
  const { id, name, isEnabled, settings, sealed } = channel
  const secrets = sealed ? openSecrets(key, id, sealed) : {}
  return { id, name, isEnabled, settings, secrets }
}

export type SealedChannel = StoredChannel & { readonly sealed: Uint8Array | null }

/** As readChannel, for the worker: with the secrets as they are stored. */
export async function readSealedChannel(sql: Query, id: string): Promise<SealedChannel | null> {
  const row = await readRow(sql, id)
  return row ? { ...channelOf(row), sealed: row.secrets } : null
}

async function readRow(sql: Query, id: string): Promise<ChannelRow | undefined> {
  if (!/^\d{1,18}$/.test(id)) return undefined
  const [row] = await sql<ChannelRow[]>`select * from channel where id = ${id}::bigint`
  return row
}

function channelOf(row: ChannelRow): StoredChannel {
  return {
    ...{ id: String(row.id), name: row.name, kind: row.kind, isEnabled: row.is_enabled },
    settings: ChannelSettings.parse(row.settings),
    secretNames: row.secret_names,
    revision: row.revision,
    createdBy: row.created_by,
    createdAtMs: row.created_at.getTime(),
    pausedUntilMs: row.paused_until?.getTime() ?? null,
    failingSinceMs: row.failing_since?.getTime() ?? null,
    failures: row.failures,
    lastSentAtMs: row.last_sent_at?.getTime() ?? null,
    lastError: row.last_error,
  }
}

export type NewChannel = {
  /** As Channel.name. */
  readonly name: string
  readonly isEnabled: boolean
  readonly settings: ChannelSettings
  readonly secrets: ChannelSecrets
  /** A user's e-mail address. */
  readonly actor: string
}

/** Errors: StorageError CHANNEL_NAME_TAKEN. */
export async function createChannel(
  sql: Sql,
  key: SecretsKey,
  given: NewChannel,
): Promise<StoredChannel> {
  const { name, isEnabled, settings, secrets, actor } = given
  const names = Object.keys(secrets).sort()
  return refuseTaken(name, () =>
    sql.begin(async (tx) => {
      const [next] = await tx<{ id: string }[]>`select nextval('channel_id_seq')::text as id`
      const id = next?.id ?? ''
      const [row] = await tx<ChannelRow[]>`
        insert into channel (id, name, kind, settings, secrets, secret_names, is_enabled, created_by)
        values (${id}::bigint, ${name}, ${settings.kind}, ${JSON.stringify(settings)}::text::jsonb,
          ${names.length > 0 ? sealSecrets(key, id, secrets) : null}, ${names}::text[],
          ${isEnabled}, ${actor})
        returning *`
      const detail = { kind: settings.kind, isEnabled, secrets: names }
      await appendAudit(tx, { actor, action: 'channel.created', subject: subjectOf(name), detail })
      await notifyChange(tx)
      return channelOf(row as ChannelRow)
    }),
  )
}

export type ChannelChange = {
  readonly id: string
  /** The one that was read; null: whatever it is by now. */
  readonly expectedRevision: number | null
  readonly actor: string
  /** What is left out stays. */
  readonly name?: string
  readonly isEnabled?: boolean
  /** Of the same kind as before. */
  readonly settings?: ChannelSettings
  readonly secrets?: SecretsChange
}

/**
 * Changes a channel; what waits at it is tried again at once. Secrets that do not open any more are replaced by the
 * given ones. Errors: StorageError CHANNEL_UNKNOWN, CHANNEL_NAME_TAKEN, CHANNEL_KIND_FIXED, REVISION_STALE,
 * and those of openSecrets.
 */
export async function updateChannel(
  sql: Sql,
  key: SecretsKey,
  change: ChannelChange,
): Promise<StoredChannel> {
  const { id, actor } = change
  return refuseTaken(change.name ?? '', () =>
    sql.begin(async (tx) => {
      const before = await lockChannel(tx, change)
      const former = channelOf(before)
      const { name = former.name, isEnabled = former.isEnabled } = change
      const settings = change.settings ?? former.settings
      if (settings.kind !== former.kind) throw kindFixed(former.kind)
      const sealedBefore = { channelId: id, sealed: before.secrets, names: before.secret_names }
      const secrets = change.secrets ? mergeSecrets(key, sealedBefore, change.secrets) : null
      const names = secrets ? Object.keys(secrets).sort() : before.secret_names
      const sealed = secrets ? sealSecrets(key, id, secrets) : before.secrets
      const [row] = await tx<ChannelRow[]>`
        update channel set name = ${name}, is_enabled = ${isEnabled},
          settings = ${JSON.stringify(settings)}::text::jsonb,
          secrets = ${names.length > 0 ? sealed : null}, secret_names = ${names}::text[],
          revision = revision + 1, paused_until = null, failing_since = null, failures = 0,
          last_error = null
        where id = ${id}::bigint returning *`
      const detail = {
        before: { name: former.name, isEnabled: former.isEnabled },
        after: { name, isEnabled },
        settings: changedNames(former.settings, settings),
        secrets: Object.keys(change.secrets ?? {}).sort(),
      }
      await dueAgainAtOnce(tx, id)
      await wakeChannel(tx, id)
      const subject = subjectOf(former.name)
      await appendAudit(tx, { actor, action: 'channel.changed', subject, detail })
      await notifyChange(tx)
      return channelOf(row as ChannelRow)
    }),
  )
}

/** Deletes a channel with its routes and deliveries. Errors: StorageError CHANNEL_UNKNOWN. */
export async function deleteChannel(
  sql: Sql,
  { id, actor }: { readonly id: string; readonly actor: string },
): Promise<void> {
  await sql.begin(async (tx) => {
    const { name, kind } = await lockChannel(tx, { id, expectedRevision: null })
    const waiting = await tx`
      select from delivery where channel_id = ${id}::bigint and state = 'waiting'`
    await tx`delete from channel where id = ${id}::bigint`
    const detail = { kind, waitingDeliveries: waiting.length }
    await appendAudit(tx, { actor, action: 'channel.deleted', subject: subjectOf(name), detail })
    await notifyChange(tx)
  })
}

/** What a try says of the channel as a whole. Source: deliveries.ts, in the transaction of the outcome. */
export type ChannelNews = {
  readonly channelId: string
  readonly nowMs: number
  /** Null: it worked, and there is nothing else to be known. */
  readonly lastError: string | null
} & (
  | { readonly outcome: 'worked' }
  | { readonly outcome: 'failed'; readonly pausedUntilMs: number | null }
)

export async function noteChannelNews(tx: Query, news: ChannelNews): Promise<void> {
  const { channelId, nowMs, lastError, outcome } = news
  if (outcome === 'worked')
    await tx`
      update channel set paused_until = null, failing_since = null, failures = 0,
        last_sent_at = to_timestamp(${nowMs}::float8 / 1000), last_error = ${lastError}
      where id = ${channelId}::bigint`
  else
    await tx`
      update channel set last_error = ${lastError},
        failing_since = coalesce(failing_since, to_timestamp(${nowMs}::float8 / 1000)),
        failures = failures + ${news.pausedUntilMs === null ? 0 : 1}::int,
        paused_until = coalesce(to_timestamp(${news.pausedUntilMs}::float8 / 1000), paused_until)
      where id = ${channelId}::bigint`
}

async function lockChannel(
  tx: Query,
  { id, expectedRevision }: Pick<ChannelChange, 'id' | 'expectedRevision'>,
): Promise<ChannelRow> {
  const known = /^\d{1,18}$/.test(id)
  const [row] = known
    ? await tx<ChannelRow[]>`select * from channel where id = ${id}::bigint for update`
    : []
  if (!row) throw new StorageError('CHANNEL_UNKNOWN', 'There is no such channel.')
  if (expectedRevision === null || expectedRevision === row.revision) return row
  const text = 'The channel has been changed since it was read; read it again.'
  throw new StorageError('REVISION_STALE', text)
}

/** Names of what differs. */
function changedNames(
  before: { readonly [name: string]: unknown },
  after: { readonly [name: string]: unknown },
): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  return names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
}

async function refuseTaken<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (errorCode(error) !== '23505') throw error
    const text = `There is a channel named ${name}: choose another name.`
    throw new StorageError('CHANNEL_NAME_TAKEN', text, error)
  }
}

function kindFixed(kind: ChannelKind): StorageError {
  const text = `The channel is of the kind ${kind}, which does not change; make another channel.`
  return new StorageError('CHANNEL_KIND_FIXED', text)
}

function subjectOf(name: string): string {
  return `channel ${name}`
}
