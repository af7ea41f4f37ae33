// Hands the cookies of an auth library answer on to the browser of the current server action.
import 'server-only'
import { parseSetCookieHeader } from 'better-auth/cookies'
import { cookies } from 'next/headers'

/** Sets what the answer sets. Errors: throws outside a server action or route. */
export async function takeCookies(response: Response): Promise<void> {
  const store = await cookies()
  for (const header of response.headers.getSetCookie())
    for (const [name, { value, ...attributes }] of parseSetCookieHeader(header)) {
      const maxAge = attributes['max-age']
      store.set(name, value, {
        httpOnly: true,
        sameSite: 'lax',
        path: '/',
        secure: attributes.secure ?? false,
        ...(maxAge === undefined ? {} : { maxAge }),
      })
    }
}
