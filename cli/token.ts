// `strayline token create|list|revoke`: what pipelines show to the API. A token is printed once, on standard
// output alone, so that it can be piped into a secret store; only its hash is kept.
import { userInfo } from 'node:os'
import {
  type ApiToken,
  createApiToken,
  listApiTokens,
  revokeApiToken,
  type TokenRole,
} from '../storage/api-tokens.ts'
import { openSql, type Sql } from '../storage/sql.ts'
import { withDatabase } from './with-database.ts'

/** expiresInMs: null for one that does not expire. Gives the exit code. */
export function createToken(request: {
  readonly name: string
  readonly role: TokenRole
  readonly expiresInMs: number | null
}): Promise<number> {
  const { name, role, expiresInMs } = request
  const expiresAtMs = expiresInMs === null ? null : Date.now() + expiresInMs
  return withSql(async (sql) => {
    const token = await createApiToken(sql, { name, role, expiresAtMs, actor: actor() })
    console.error(`The token ${name} (${role}). It is shown this once; keep it as a secret.`)
    return token
  })
}

/** Prints all tokens, revoked ones too. */
export function listTokens(): Promise<number> {
  return withSql(async (sql) => {
    const tokens = await listApiTokens(sql)
    if (tokens.length === 0) return 'There is no token: strayline token create makes one.'
    const head = ['NAME', 'ROLE', 'STATE', 'LAST USED', 'CREATED', 'BY']
    return alignColumns([head, ...tokens.map((token) => rowOf(token, Date.now()))])
  })
}

/** Ends a token at once. */
export function revokeToken(request: { readonly name: string }): Promise<number> {
  return withSql(async (sql) => {
    await revokeApiToken(sql, { ...request, actor: actor() })
    return `The token ${request.name} is revoked.`
  })
}

function withSql(work: (sql: Sql) => Promise<string>): Promise<number> {
  return withDatabase(async (ownerUrl) => {
    const sql = openSql({ url: ownerUrl, applicationName: 'strayline-token', connectionsMax: 1 })
    try {
      return await work(sql)
    } finally {
      await sql.end()
    }
  })
}

/** Who sits at the command line, for the audit record. */
function actor(): string {
  return `command line (${userInfo().username})`
}

function rowOf(token: ApiToken, nowMs: number): readonly string[] {
  const { name, role, lastUsedAtMs, createdAtMs, createdBy } = token
  const lastUsed = lastUsedAtMs === null ? 'never' : sayTime(lastUsedAtMs)
  return [name, role, sayState(token, nowMs), lastUsed, sayTime(createdAtMs), createdBy]
}

function sayState({ revokedAtMs, expiresAtMs }: ApiToken, nowMs: number): string {
  if (revokedAtMs !== null) return `revoked ${sayTime(revokedAtMs)}`
  if (expiresAtMs === null) return 'in force'
  return `${expiresAtMs <= nowMs ? 'expired' : 'until'} ${sayTime(expiresAtMs)}`
}

/** To the minute, UTC. */
function sayTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')}Z`
}

function alignColumns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, at) =>
    Math.max(...rows.map((row) => row[at]?.length ?? 0)),
  )
  const pad = (row: readonly string[]) =>
    row.map((text, at) => text.padEnd(widths[at] ?? 0)).join('  ')
  return rows.map((row) => pad(row).trimEnd()).join('\n')
}
