// Writes the table setup_token: the one-time link that makes the first account. Only the SHA-256 of
// a token is stored; it works once, for a day, and only while there is no account.
import { createHash, randomBytes } from 'node:crypto'
import { openSql, type Query, type Sql } from './sql.ts'

const LIFETIME_MS = 86_400_000

/** A new token in place of any former one; null when there is an account already. As owner. */
export async function createSetupLink(ownerUrl: string): Promise<string | null> {
  const sql = openSql({ url: ownerUrl, applicationName: 'strayline-setup', connectionsMax: 1 })
  try {
    if (await hasAccounts(sql)) return null
    const token = randomBytes(24).toString('base64url')
    await sql.begin(async (tx) => {
      await removeTokens(tx)
      await insertToken(tx, hashToken(token), Date.now() + LIFETIME_MS)
    })
    return token
  } finally {
    await sql.end()
  }
}

type FoundRow = { found: boolean }

/** Whether anybody has an account. */
export async function hasAccounts(sql: Query): Promise<boolean> {
  const [row] = await sql<FoundRow[]>`select exists (select from "user") as found`
  return row?.found ?? false
}

/** Whether a token would work now; says nothing about why it does not. */
export async function isSetupTokenValid(sql: Query, token: string): Promise<boolean> {
  const [row] = await sql<FoundRow[]>`
    select exists (
      select from setup_token
      where token_hash = ${hashToken(token)} and used_at is null and expires_at > now()
    ) and not exists (select from "user") as found`
  return row?.found ?? false
}

/**
 * Uses the token up and runs `work` (make the account); when it throws, the token works again.
 * Two at once: the second waits, with its connection, and finds it used; so `work` must use another
 * pool. False, and no work, when the token does not work.
 */
export async function useSetupToken(
  sql: Sql,
  token: string,
  work: () => Promise<void>,
): Promise<boolean> {
  return sql.begin(async (tx) => {
    if (!(await spendToken(tx, hashToken(token)))) return false
    if (await hasAccounts(tx)) return false
    await work()
    return true
  })
}

function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

async function removeTokens(tx: Query): Promise<void> {
  await tx`delete from setup_token`
}

async function insertToken(tx: Query, tokenHash: string, expiresAtMs: number): Promise<void> {
  await tx`
    insert into setup_token (token_hash, expires_at)
    values (${tokenHash}, to_timestamp(${expiresAtMs}::float8 / 1000))`
}

type HashRow = { token_hash: string }

async function spendToken(tx: Query, tokenHash: string): Promise<boolean> {
  const rows = await tx<HashRow[]>`
    update setup_token set used_at = now()
    where token_hash = ${tokenHash} and used_at is null and expires_at > now()
    returning token_hash`
  return rows.length === 1
}
