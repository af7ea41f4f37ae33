// Writes the table api_token: what pipelines show to the API. Only the SHA-256 of a token is stored, which
// is enough for 256 random bits; a token belongs to no person and is never an admin.
import { createHash, randomBytes } from 'node:crypto'
import { appendAudit } from './audit.ts'
import { errorCode, StorageError } from './failure.ts'
import type { Query, Sql } from './sql.ts'

export type TokenRole = 'viewer' | 'analyst'

/** By which a leaked one is found in logs and repositories. */
const TOKEN_PREFIX = 'strayline_'
const RANDOM_BYTES = 32

export type ApiToken = {
  readonly id: string
  /** Letters, digits, dots, dashes and underscores, at most 64. */
  readonly name: string
  readonly role: TokenRole
  readonly createdBy: string
  readonly createdAtMs: number
  /** Null: it does not expire. */
  readonly expiresAtMs: number | null
  /** Null: not revoked. */
  readonly revokedAtMs: number | null
  /** To the minute; null: never used. */
  readonly lastUsedAtMs: number | null
}

/**
 * Makes a token and gives it back, this once. As owner. Errors: StorageError TOKEN_NAME_TAKEN, also by a
 * revoked one, because the audit record knows tokens by name.
 */
export async function createApiToken(
  sql: Sql,
  request: {
    readonly name: string
    readonly role: TokenRole
    readonly expiresAtMs: number | null
    readonly actor: string
  },
): Promise<string> {
  const { name, role, expiresAtMs, actor } = request
  const token = `${TOKEN_PREFIX}${randomBytes(RANDOM_BYTES).toString('base64url')}`
  try {
    await sql.begin(async (tx) => {
      await tx`
        insert into api_token (name, token_hash, role, created_by, expires_at)
        values (${name}, ${hashToken(token)}, ${role}, ${actor},
          to_timestamp(${expiresAtMs}::float8 / 1000))`
      await appendAudit(tx, {
        ...{ actor, action: 'token.created', subject: `token ${name}` },
        detail: { role, expiresAtMs },
      })
    })
  } catch (error) {
    if (errorCode(error) !== '23505') throw error
    const text = `There is or was a token named ${name}: choose another name.`
    throw new StorageError('TOKEN_NAME_TAKEN', text, error)
  }
  return token
}

/** Ends a token at once. As owner. Errors: StorageError TOKEN_UNKNOWN, also for one that is revoked. */
export async function revokeApiToken(
  sql: Sql,
  request: { readonly name: string; readonly actor: string },
): Promise<void> {
  const { name, actor } = request
  await sql.begin(async (tx) => {
    const revoked = await tx`
      update api_token set revoked_at = now() where name = ${name} and revoked_at is null`
    if (revoked.count === 0)
      throw new StorageError('TOKEN_UNKNOWN', `No token named ${name} is in force.`)
    await appendAudit(tx, {
      ...{ actor, action: 'token.revoked', subject: `token ${name}`, detail: {} },
    })
  })
}

type TokenRow = {
  id: string
  name: string
  role: TokenRole
  created_by: string
  created_at: Date
  expires_at: Date | null
  revoked_at: Date | null
  last_used_at: Date | null
}

/** All of them, revoked ones too, by name. */
export async function listApiTokens(sql: Query): Promise<readonly ApiToken[]> {
  const rows = await sql<TokenRow[]>`
    select id::text, name, role, created_by, created_at, expires_at, revoked_at, last_used_at
    from api_token order by name`
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    role: row.role,
    createdBy: row.created_by,
    createdAtMs: row.created_at.getTime(),
    expiresAtMs: row.expires_at?.getTime() ?? null,
    revokedAtMs: row.revoked_at?.getTime() ?? null,
    lastUsedAtMs: row.last_used_at?.getTime() ?? null,
  }))
}

type UsableRow = Pick<TokenRow, 'id' | 'name' | 'role'> & { is_noted: boolean }

/** Whose token this is, if it is in force; notes its use, at most once a minute. */
export async function spendApiToken(
  sql: Query,
  token: string,
): Promise<Pick<ApiToken, 'id' | 'name' | 'role'> | null> {
  if (!token.startsWith(TOKEN_PREFIX)) return null
  const [row] = await sql<UsableRow[]>`
    select id::text, name, role,
      coalesce(last_used_at > now() - interval '1 minute', false) as is_noted
    from api_token
    where token_hash = ${hashToken(token)} and revoked_at is null
      and (expires_at is null or expires_at > now())`
  if (!row) return null
  const { is_noted: isNoted, ...found } = row
  if (!isNoted) await noteUse(sql, found.id)
  return found
}

async function noteUse(sql: Query, id: string): Promise<void> {
  await sql`update api_token set last_used_at = now() where id = ${id}::bigint`
}

function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
