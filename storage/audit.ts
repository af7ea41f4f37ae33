// Writes the table audit: who did what, append-only, each row chained to the one before by its
// hash. A trigger refuses changes to everyone; the chain shows what a superuser changed all the
// same.
import { createHash } from 'node:crypto'
import type { Query, Sql } from './sql.ts'

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue }

export type Act = {
  /** Who: a user's e-mail address, or 'strayline'. */
  readonly actor: string
  /** noun.verb, for example 'baseline.approved'. */
  readonly action: string
  /** On what, for example an environment and version. */
  readonly subject: string
  readonly detail: { readonly [key: string]: JsonValue }
}

export type AuditRecord = Act & {
  readonly seq: bigint
  readonly atMs: number
  readonly previousHash: string
  readonly hash: string
}

type LastRow = { seq: bigint; hash: string }

/**
 * Appends one act; it stands if and only if the transaction commits. The lock that keeps the chain
 * single lasts to the transaction's end, so append last.
 */
export async function appendAudit(tx: Query, act: Act): Promise<void> {
  await lockChain(tx)
  const last = await readLast(tx)
  const record = { ...act, seq: (last?.seq ?? 0n) + 1n, atMs: Date.now() }
  const previousHash = last?.hash ?? ''
  await insertRecord(tx, { ...record, previousHash, hash: hashRecord(record, previousHash) })
}

async function lockChain(tx: Query): Promise<void> {
  await tx`select pg_advisory_xact_lock(hashtext('strayline.audit'))`
}

async function readLast(tx: Query): Promise<LastRow | undefined> {
  const rows = await tx<LastRow[]>`select seq, hash from audit order by seq desc limit 1`
  return rows[0]
}

async function insertRecord(tx: Query, record: AuditRecord): Promise<void> {
  await tx`
    insert into audit (seq, at, actor, action, subject, detail, previous_hash, hash)
    values (${String(record.seq)}::bigint, to_timestamp(${record.atMs}::float8 / 1000),
      ${record.actor}, ${record.action}, ${record.subject},
      ${JSON.stringify(record.detail)}::text::jsonb, ${record.previousHash}, ${record.hash})`
}

/**
 * SHA-256 over the former hash and the record as JSON with sorted keys (jsonb does not keep their
 * order).
 */
function hashRecord(record: Act & { seq: bigint; atMs: number }, previousHash: string): string {
  const { seq, atMs, actor, action, subject, detail } = record
  const text = canonicalJson([previousHash, String(seq), atMs, actor, action, subject, detail])
  return createHash('sha256').update(text).digest('hex')
}

function canonicalJson(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${canonicalJson(each)}`).join()}}`
}

type AuditRow = {
  seq: bigint
  at: Date
  actor: string
  action: string
  subject: string
  detail: { [key: string]: JsonValue }
  previous_hash: string
  hash: string
}

/** What is left out is not asked for. */
export type AuditPage = {
  readonly limit: number
  /** seq of the last record of the page before, as text. */
  readonly after?: string
  readonly actor?: string
  /** A whole action, or what comes before its dot. */
  readonly action?: string
  /** Part of the subject. */
  readonly subject?: string
  /** Unix ms, the end excluded. */
  readonly fromMs?: number
  readonly toMs?: number
}

/** The newest records first. */
export async function listAudit(sql: Query, page: AuditPage): Promise<readonly AuditRecord[]> {
  const { limit, after = null, actor = null, action = null, subject = null } = page
  const { fromMs = null, toMs = null } = page
  const rows = await sql<AuditRow[]>`
    select seq, at, actor, action, subject, detail, previous_hash, hash
    from audit
    where (${after}::bigint is null or seq < ${after}::bigint)
      and (${actor}::text is null or actor = ${actor})
      and (${action}::text is null or action = ${action} or split_part(action, '.', 1) = ${action})
      and (${subject}::text is null or strpos(subject, ${subject}) > 0)
      and (${fromMs}::float8 is null or at >= to_timestamp(${fromMs}::float8 / 1000))
      and (${toMs}::float8 is null or at < to_timestamp(${toMs}::float8 / 1000))
    order by seq desc limit ${limit}`
  return rows.map(recordOf)
}

const VERIFIED_AT_ONCE = 1_000

/** The first record whose hash or place in the chain is wrong; null when all is well. Reads them in pieces. */
export async function findBrokenAudit(sql: Sql): Promise<bigint | null> {
  const all = sql<AuditRow[]>`
    select seq, at, actor, action, subject, detail, previous_hash, hash from audit order by seq`
  let previousHash = ''
  let expected = 1n
  for await (const rows of all.cursor(VERIFIED_AT_ONCE))
    for (const row of rows) {
      const record = recordOf(row)
      const isRight =
        record.seq === expected &&
        record.previousHash === previousHash &&
        record.hash === hashRecord(record, previousHash)
      if (!isRight) return record.seq
      previousHash = record.hash
      expected++
    }
  return null
}

function recordOf(row: AuditRow): AuditRecord {
  const { seq, at, actor, action, subject, detail, previous_hash: previousHash, hash } = row
  return { seq, atMs: at.getTime(), actor, action, subject, detail, previousHash, hash }
}
