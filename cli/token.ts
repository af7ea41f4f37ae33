// `strayline token create|list|revoke`: what pipelines show to the API. A token is printed once, on standard
// output alone, so that it can be piped into a secret store; only its hash is kept.
import {
  type ApiToken,
  createApiToken,
  listApiTokens,
  revokeApiToken,
  type TokenRole,
} from '../storage/api-tokens.ts'
import { alignColumns, sayTime } from './columns.ts'
import { commandLineActor, withSql } from './with-database.ts'

/** expiresInMs: null for one that does not expire. Gives the exit code. */
export function createToken(request: {
  readonly name: string
  readonly role: TokenRole
  readonly expiresInMs: number | null
}): Promise<number> {
  const { name, role, expiresInMs } = request
  const expiresAtMs = expiresInMs === null ? null : Date.now() + expiresInMs
  return withSql('token', async (sql) => {
    const token = await createApiToken(sql, { name, role, expiresAtMs, actor: commandLineActor() })
    console.error(`The token ${name} (${role}). It is shown this once; keep it as a secret.`)
    return token
  })
}

/** Prints all tokens, revoked ones too. */
export function listTokens(): Promise<number> {
  return withSql('token', async (sql) => {
    const tokens = await listApiTokens(sql)
    if (tokens.length === 0) return 'There is no token: strayline token create makes one.'
    const head = ['NAME', 'ROLE', 'STATE', 'LAST USED', 'CREATED', 'BY']
    return alignColumns([head, ...tokens.map((token) => rowOf(token, Date.now()))])
  })
}

/** Ends a token at once. */
export function revokeToken(request: { readonly name: string }): Promise<number> {
  return withSql('token', async (sql) => {
    await revokeApiToken(sql, { ...request, actor: commandLineActor() })
    return `The token ${request.name} is revoked.`
  })
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
