// Who is signed in. Every page and server action asks here before it reads anything, every route asks
// caller.ts, which also knows tokens; the redirect in proxy.ts is a courtesy, these are the checks (a test
// sees to it that none is missing).
import 'server-only'
import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { cache } from 'react'
import { auth } from './auth.ts'
import { signInPath, WANTED_PATH_HEADER } from './local-path.ts'
import { hasRole, ROLES, type Role } from './roles.ts'

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

/** For pages and server actions: goes to the sign-in page, and comes back, when nobody is signed in. */
export async function requireSession(): Promise<SessionUser> {
  const user = await findSession()
  if (user !== null) return user
  const wanted = (await headers()).get(WANTED_PATH_HEADER)
  redirect(wanted === null ? '/sign-in' : signInPath(wanted))
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
  return hasRole(role, 'analyst')
}
