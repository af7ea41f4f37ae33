// A signed-in user for tests of the web process, made where the auth library looks: its tables and its cookie.
import { createHmac, randomBytes } from 'node:crypto'
import type { Sql } from '../../storage/sql.ts'

/** For STRAYLINE_AUTH_SECRET of the process under test. */
export const SECRET = 'a secret of tests, long enough to be one'.replaceAll(' ', '-')

/** The Cookie header of a new user. */
export async function makeSession(owner: Sql, role = 'admin'): Promise<string> {
  const id = randomBytes(8).toString('hex')
  const token = randomBytes(24).toString('hex')
  await owner`insert into "user" (id, name, email, role, updated_at)
    values (${id}, 'Test', ${`${id}@example.org`}, ${role}, now())`
  await owner`insert into session (id, token, user_id, expires_at, updated_at)
    values (${`s${id}`}, ${token}, ${id}, now() + interval '1 hour', now())`
  const signature = createHmac('sha256', SECRET).update(token).digest('base64')
  return `strayline.session_token=${encodeURIComponent(`${token}.${signature}`)}`
}
