// Who calls a route: a person by the session cookie, or a pipeline by a token. Never both in one request:
// a browser that carries a cookie must not be led to lend it a token's rights, or the other way round.
import 'server-only'
import { problem } from './problem.ts'
import type { Role } from './roles.ts'
import { readSession, type SessionUser } from './session.ts'
import { findTokenCaller } from './token-caller.ts'

export type TokenCaller = {
  readonly kind: 'token'
  readonly id: string
  readonly name: string
  readonly role: Role
}
export type Caller = ({ readonly kind: 'person' } & SessionUser) | TokenCaller

export type FoundCaller =
  | { readonly ok: true; readonly caller: Caller }
  | { readonly ok: false; readonly response: Response }

/** The caller, or a problem: 400 for mixed or misplaced credentials, 401, 429. */
export async function findCaller(request: Request): Promise<FoundCaller> {
  const { searchParams } = new URL(request.url)
  if (['access_token', 'token', 'api_key'].some((name) => searchParams.has(name)))
    return refuse(problem(400, MISPLACED))
  const authorization = request.headers.get('authorization')
  if (authorization !== null) {
    if (request.headers.has('cookie')) return refuse(problem(400, MIXED))
    return findTokenCaller(authorization, request.headers)
  }
  const user = await readSession(request.headers)
  if (user === null)
    return refuse(problem(401, 'Sign in, or send a token as Authorization: Bearer.'))
  return { ok: true, caller: { kind: 'person', ...user } }
}

/** What the audit record and histories call the caller. */
export function actorOf(caller: Caller): string {
  return caller.kind === 'person' ? caller.email : `token ${caller.name}`
}

const MISPLACED =
  'A token in an address ends in logs and histories: revoke it, and send it as Authorization: Bearer.'
const MIXED = 'Send a token or a session cookie, not both.'

function refuse(response: Response): FoundCaller {
  return { ok: false, response }
}
