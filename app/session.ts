// Who is asking. Every page, route and server action calls one of these before it reads anything; the
// redirect in proxy.ts is a courtesy, this is the check (a test sees to it that none is missing).
import 'server-only'
import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { cache } from 'react'
import { auth } from './auth.ts'
import { problem } from './problem.ts'

export const ROLES = ['viewer', 'analyst', 'admin'] as const
export type Role = (typeof ROLES)[number]

export type SessionUser = {
  readonly id: string
  readonly sessionId: string
  readonly name: string
  readonly email: string
  readonly role: Role
}

/** The signed-in user, or null. One read a request. Errors: rejects when the database is down. */
export const findSession = cache(async (): Promise<SessionUser | null> => {
  return readSession(await headers())
})

/** For pages and server actions: goes to the sign-in page when nobody is signed in. */
export async function requireSession(): Promise<SessionUser> {
  const user = await findSession()
  if (user === null) redirect('/sign-in')
  return user
}

export type RouteSession =
  | { readonly ok: true; readonly user: SessionUser }
  | { readonly ok: false; readonly response: Response }

/** For routes: a 401 problem answer when nobody is signed in. */
export async function requireRouteSession(request: Request): Promise<RouteSession> {
  const user = await readSession(request.headers)
  if (user !== null) return { ok: true, user }
  return { ok: false, response: problem(401, 'Sign in first.') }
}

/** For routes that change something: a 403 problem answer for a role that may only look. */
export function requireDecider(session: RouteSession): RouteSession {
  if (!session.ok || mayDecide(session.user.role)) return session
  return { ok: false, response: problem(403, 'Your role may look, not change anything.') }
}

/** For routes that only admins may ask: a 403 problem answer for the others. */
export function requireAdmin(session: RouteSession): RouteSession {
  if (!session.ok || session.user.role === 'admin') return session
  return { ok: false, response: problem(403, 'Only an admin may do this.') }
}

/** The user of a request's session cookie, straight from the database. */
export async function readSession(requestHeaders: Headers): Promise<SessionUser | null> {
  const found = await auth().api.getSession({ headers: requestHeaders })
  if (!found) return null
  const { user, session } = found
  const role = ROLES.find((known) => known === user.role) ?? 'viewer'
  return { id: user.id, sessionId: session.id, name: user.name, email: user.email, role }
}

/** Whether a role may accept, reject and approve. */
export function mayDecide(role: Role): boolean {
  return role === 'admin' || role === 'analyst'
}
