// Three database roles: the owner migrates and works the queue; the collector may do what a commit
// needs; the web may read, and write accounts, baselines, alerts and audit. Neither creates tables.
// Grants are re-applied at each start, so that a migration never forgets one.
import { createHash, randomBytes } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { errorCode, StorageError } from './failure.ts'
import { withFileLock } from './file-lock.ts'
import { openSql, type Query, type Sql } from './sql.ts'

export type RoleUrls = {
  readonly ownerUrl: string
  readonly collectorUrl: string
  readonly webUrl: string
}

export type RoleOptions = {
  /** A migrated database and a user that owns its tables and may create roles. */
  readonly ownerUrl: string
  /** Where roles.json (mode 0600) keeps the passwords. */
  readonly dataDir: string
}

type Grant = { readonly rights: readonly string[]; readonly tables: readonly string[] }

const READ: readonly string[] = ['select']
const STREAM = [
  ...['node', 'edge', 'operation', 'bucket', 'bucket_hour', 'bucket_day'],
  ...['exemplar', 'trace_span'],
] as const

const BASELINE = ['baseline', 'baseline_entry', 'baseline_rule'] as const

const COLLECTOR_GRANTS: readonly Grant[] = [
  { rights: ['select', 'insert', 'update', 'delete'], tables: STREAM },
  { rights: ['select', 'insert', 'update'], tables: ['position', 'alert', 'refusal'] },
  { rights: ['select', 'insert', 'update', 'delete'], tables: ['incident'] },
  { rights: ['select', 'insert'], tables: ['environment', 'alert_event'] },
  { rights: ['select', 'insert'], tables: ['rollup_due', 'span'] },
  { rights: ['select', 'insert', 'update'], tables: ['node_tag'] },
  { rights: READ, tables: [...BASELINE, 'bucket_tier', 'node_alias'] },
  { rights: ['select', 'delete'], tables: ['removed_environment'] },
]

const ACCOUNTS = ['user', 'session', 'account', 'verification', 'rate_limit'] as const

const REMOVED_WITH_ENVIRONMENT = [...['alert', 'alert_event', ...BASELINE, 'environment']]

const WEB_GRANTS: readonly Grant[] = [
  { rights: READ, tables: [...STREAM, 'position', 'environment', 'refusal'] },
  { rights: ['select', 'insert', 'update', 'delete'], tables: ACCOUNTS },
  { rights: ['select', 'insert', 'update'], tables: ['baseline', 'alert'] },
  { rights: ['select', 'insert'], tables: ['baseline_entry', 'baseline_rule', 'audit'] },
  { rights: ['select', 'insert', 'update', 'delete'], tables: ['incident'] },
  { rights: ['select', 'insert'], tables: ['alert_event', 'triage_act', 'triage_act_alert'] },
  { rights: READ, tables: ['api_token'] },
  { rights: ['select', 'insert', 'update', 'delete'], tables: ['node_tag'] },
  { rights: ['select', 'insert', 'update', 'delete'], tables: ['channel', 'route', 'delivery'] },
  { rights: READ, tables: ['setup_token', 'bucket_tier', 'edge_tally', 'node_alias', 'span'] },
  // An environment of the demo or of an imported file is removed with everything in it.
  { rights: ['delete'], tables: [...STREAM, ...REMOVED_WITH_ENVIRONMENT] },
  { rights: ['select', 'insert'], tables: ['removed_environment', 'rollup_due'] },
]

/**
 * Makes the roles of this database, sets their passwords, grants, and returns a URL for each.
 * Errors: StorageError ROLES_FORBIDDEN when the owner may not create roles.
 */
export async function ensureRoles(options: RoleOptions): Promise<RoleUrls> {
  const { ownerUrl } = options
  const database = decodeURIComponent(new URL(ownerUrl).pathname.slice(1))
  const collector = roleName(database, 'collector')
  const web = roleName(database, 'web')
  const passwords = await keepPasswords(options.dataDir, [collector, web])
  const sql = openSql({ url: ownerUrl, applicationName: 'strayline-roles', connectionsMax: 1 })
  try {
    await sql.begin(async (tx) => {
      await lockRoles(tx)
      for (const [role, password] of passwords) await ensureLoginRole(tx, role, password)
      await applyGrants(tx, sql, { collector, web })
    })
  } catch (error) {
    throw errorCode(error) === '42501' ? forbidden(error) : error
  } finally {
    await sql.end()
  }
  return {
    ownerUrl,
    collectorUrl: withLogin(ownerUrl, collector, passwords.get(collector) ?? ''),
    webUrl: withLogin(ownerUrl, web, passwords.get(web) ?? ''),
  }
}

/**
 * Applies the grants to roles that somebody else made: the users of these URLs. Needs no right to
 * create roles; a URL with the owner's own user is left alone.
 */
export async function grantRoles(urls: RoleUrls): Promise<void> {
  const user = (url: string) => decodeURIComponent(new URL(url).username)
  const others = (role: string) => (role === user(urls.ownerUrl) ? null : role)
  const roles = { collector: others(user(urls.collectorUrl)), web: others(user(urls.webUrl)) }
  const sql = openSql({ url: urls.ownerUrl, applicationName: 'strayline-roles', connectionsMax: 1 })
  try {
    await sql.begin(async (tx) => {
      await lockRoles(tx)
      await applyGrants(tx, sql, roles)
    })
  } finally {
    await sql.end()
  }
}

function forbidden(cause: unknown): StorageError {
  const text =
    'The database user of DATABASE_URL may not create roles; grant it CREATEROLE, or set ' +
    'COLLECTOR_DATABASE_URL and WEB_DATABASE_URL yourself.'
  return new StorageError('ROLES_FORBIDDEN', text, cause)
}

/** Roles belong to a whole server, so the database's name is part of theirs; 63 bytes at most. */
function roleName(database: string, part: string): string {
  const name = `strayline_${database}_${part}`
  if (Buffer.byteLength(name) <= 63) return name
  const digest = createHash('sha256').update(database).digest('hex').slice(0, 32)
  return `strayline_${digest}_${part}`
}

function withLogin(ownerUrl: string, role: string, password: string): string {
  const url = new URL(ownerUrl)
  url.username = encodeURIComponent(role)
  url.password = encodeURIComponent(password)
  return url.href
}

/** Password by role, in the order asked; made up when roles.json does not know it. */
async function keepPasswords(
  dataDir: string,
  roles: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const file = path.join(dataDir, 'roles.json')
  return withFileLock(`${file}.lock`, async () => {
    const known = await readPasswords(file)
    const missing = roles.filter((role) => !known.has(role))
    for (const role of missing) known.set(role, randomBytes(24).toString('hex'))
    if (missing.length > 0) await writePasswords(file, known)
    return new Map(roles.map((role) => [role, known.get(role) ?? '']))
  })
}

async function readPasswords(file: string): Promise<Map<string, string>> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return new Map()
    throw error
  }
  const parsed: unknown = JSON.parse(text)
  const entries = typeof parsed === 'object' && parsed !== null ? Object.entries(parsed) : []
  return new Map(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}

/** Written beside and renamed, so that a crash never leaves half a file. */
async function writePasswords(file: string, passwords: ReadonlyMap<string, string>): Promise<void> {
  const beside = `${file}.new`
  const text = `${JSON.stringify(Object.fromEntries(passwords), null, 2)}\n`
  await writeFile(beside, text, { mode: 0o600 })
  await rename(beside, file)
}

async function lockRoles(tx: Query): Promise<void> {
  await tx`select pg_advisory_xact_lock(hashtext('strayline.roles'))`
}

async function ensureLoginRole(tx: Query, role: string, password: string): Promise<void> {
  await tx`select ensure_login_role(${role}, ${password})`
}

/** Null: a role that needs no grants, because it is the owner. */
type RoleNames = { readonly collector: string | null; readonly web: string | null }

async function applyGrants(tx: Query, sql: Sql, { collector, web }: RoleNames): Promise<void> {
  await tx`revoke create on schema public from public`
  const database = await currentDatabase(tx)
  await tx`revoke temporary on database ${sql(database)} from public`
  for (const role of new Set([collector, web])) {
    if (role === null) continue
    await tx`revoke all on all tables in schema public from ${sql(role)}`
    await tx`grant usage on schema public to ${sql(role)}`
    await tx`grant usage on all sequences in schema public to ${sql(role)}`
    await tx`grant execute on function enqueue_alert_routing() to ${sql(role)}`
  }
  if (collector !== null) await grantCollector(tx, sql, collector)
  if (web !== null) {
    await grantWeb(tx, sql, web)
    await tx`grant execute on function enqueue_node_act(json) to ${sql(web)}`
    await tx`grant execute on function enqueue_channel_delivery(bigint) to ${sql(web)}`
  }
}

async function grantCollector(tx: Query, sql: Sql, collector: string): Promise<void> {
  for (const grant of COLLECTOR_GRANTS) await grantTables(tx, sql, collector, grant)
  // `select ... for share` asks for the right to update one column, whichever.
  const judged = ['created_at', 'tags_revision', 'judged_tags', 'judged_at']
  const watched = ['watched_since', 'watched_at']
  await tx`grant update (${sql([...judged, ...watched])}) on environment to ${sql(collector)}`
  await tx`grant update (kept_at) on bucket_tier to ${sql(collector)}`
}

/** Approval writes the active version and what edges were judged against, and no count. */
async function grantWeb(tx: Query, sql: Sql, web: string): Promise<void> {
  for (const grant of WEB_GRANTS) await grantTables(tx, sql, web, grant)
  const approved = ['active_version', 'last_version', 'tags_revision', 'judged_tags', 'judged_at']
  const settings = ['zone', 'alert_target', 'recover_after_ms']
  await tx`grant update (${sql([...approved, ...settings])}) on environment to ${sql(web)}`
  await tx`grant insert (name, origin) on environment to ${sql(web)}`
  await tx`grant update (judged_version, alert_id) on edge to ${sql(web)}`
  await tx`grant update (used_at) on setup_token to ${sql(web)}`
  await tx`grant update (last_used_at) on api_token to ${sql(web)}`
  // Removing an environment shares the tiers, as a commit does.
  await tx`grant update (kept_at) on bucket_tier to ${sql(web)}`
}

async function grantTables(tx: Query, sql: Sql, role: string, grant: Grant): Promise<void> {
  for (const table of grant.tables) {
    if (grant.rights.includes('select')) await tx`grant select on ${sql(table)} to ${sql(role)}`
    if (grant.rights.includes('insert')) await tx`grant insert on ${sql(table)} to ${sql(role)}`
    if (grant.rights.includes('update')) await tx`grant update on ${sql(table)} to ${sql(role)}`
    if (grant.rights.includes('delete')) await tx`grant delete on ${sql(table)} to ${sql(role)}`
  }
}

type DatabaseRow = { database: string }

async function currentDatabase(tx: Query): Promise<string> {
  const [row] = await tx<DatabaseRow[]>`select current_database() as database`
  return row?.database ?? ''
}
