// Sign-in by the auth library: e-mail and password, sessions in the database, rate limits in the
// database. Nobody signs up: the first account comes from the setup link (app/setup/actions.ts).
// Its HTTP routes are not mounted; server actions call its handler, so that its limits hold.
import 'server-only'
import { betterAuth } from 'better-auth'
import { prismaAdapter } from 'better-auth/adapters/prisma'
import type { PrismaClient } from '../storage/prisma.ts'
import { accounts } from './database.ts'
import { oncePerProcess, webProcess } from './web-process.ts'

export const PASSWORD_CHARACTERS_MIN = 10
/** A session ends after seven days, whatever its owner does. */
const SESSION_SECONDS = 7 * 24 * 3600
/** app/server.ts sets it from the socket and drops what a client says. */
export const CLIENT_ADDRESS_HEADER = 'x-strayline-client-address'
export const COOKIE_PREFIX = 'strayline'

/** An auth instance over any client, so that the first account can be made inside a transaction. */
export function createAuth(client: Pick<PrismaClient, 'user'>) {
  const { publicUrl, authSecret } = webProcess()
  return betterAuth({
    baseURL: new URL(publicUrl).origin,
    secret: authSecret,
    telemetry: { enabled: false },
    logger: { level: 'error' },
    database: prismaAdapter(client, { provider: 'postgresql' }),
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: PASSWORD_CHARACTERS_MIN,
      maxPasswordLength: 256,
    },
    user: { additionalFields: { role: { type: 'string', input: false, defaultValue: 'viewer' } } },
    session: { expiresIn: SESSION_SECONDS, disableSessionRefresh: true },
    rateLimit: {
      enabled: true,
      storage: 'database',
      window: 60,
      max: 100,
      customRules: { '/sign-in/email': { window: 60, max: 10 } },
    },
    advanced: {
      cookiePrefix: COOKIE_PREFIX,
      useSecureCookies: publicUrl.startsWith('https:'),
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax', path: '/' },
      ipAddress: { ipAddressHeaders: [CLIENT_ADDRESS_HEADER] },
    },
  })
}

export type Auth = ReturnType<typeof createAuth>

/** The one instance of this process. */
export function auth(): Auth {
  return oncePerProcess('auth', () => createAuth(accounts()))
}

/** Calls one of the library's own routes in this process, with its rate limit and its checks. */
export async function callAuth(
  path: `/${string}`,
  body: object,
  requestHeaders: Headers,
): Promise<Response> {
  const origin = new URL(webProcess().publicUrl).origin
  const headers = new Headers({ 'content-type': 'application/json', origin })
  for (const name of ['cookie', 'user-agent', CLIENT_ADDRESS_HEADER]) {
    const value = requestHeaders.get(name)
    if (value !== null) headers.set(name, value)
  }
  return auth().handler(
    new Request(`${origin}/api/auth${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    }),
  )
}
