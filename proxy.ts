// Runs before every page and route: content security policy with a nonce of its own, refusal of writes
// that do not come from our pages, and the way to the sign-in page for who has no session cookie.
// Whether the cookie is worth anything is checked where data is read (app/session.ts).
import { type NextRequest, NextResponse } from 'next/server'
import { signInPath, WANTED_PATH_HEADER } from './app/local-path.ts'
import { problem } from './app/problem.ts'
import { allowedFor, isAllowedWrite } from './app/request-guard.ts'
import { contentSecurityPolicy } from './app/security-headers.ts'
import { webProcess } from './app/web-process.ts'

const PUBLIC_PATHS: ReadonlySet<string> = new Set(['/sign-in', '/setup', '/icon.svg'])
/** `__Secure-` is put before it when the public URL is https. */
const SESSION_COOKIE = 'strayline.session_token'

/** Everything but Next's own built files, which hold no data. */
export const config = { matcher: ['/((?!_next/static|_next/image).*)'] }

export function proxy(request: NextRequest): Response {
  const web = webProcess()
  if (!mayWrite(request)) return problem(403, 'This request does not come from one of our pages.')
  const path = request.nextUrl.pathname
  const isApi = path.startsWith('/api/')
  if (!isApi && !PUBLIC_PATHS.has(path) && !hasSessionCookie(request)) return toSignIn(request)
  const isHttps = web.publicUrl.startsWith('https:')
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(18))).toString('base64')
  const policy = contentSecurityPolicy({
    nonce,
    isHttps,
    isDevelopment: web.config.isDevelopment,
  })
  const headers = new Headers(request.headers)
  headers.set('x-nonce', nonce)
  headers.set(WANTED_PATH_HEADER, path + request.nextUrl.search)
  headers.set('content-security-policy', policy)
  const response = NextResponse.next({ request: { headers } })
  response.headers.set('content-security-policy', policy)
  if (!isApi) response.headers.set('cache-control', 'private, no-store')
  return response
}

function mayWrite(request: NextRequest): boolean {
  const { config: settings, port } = webProcess()
  const allowed = allowedFor({ host: settings.host, port, publicUrl: settings.publicUrl })
  return isAllowedWrite(
    {
      method: request.method,
      origin: request.headers.get('origin'),
      fetchSite: request.headers.get('sec-fetch-site'),
      hasTokenOnly:
        request.nextUrl.pathname.startsWith('/api/') &&
        request.headers.has('authorization') &&
        !request.headers.has('cookie'),
    },
    allowed,
  )
}

function hasSessionCookie(request: NextRequest): boolean {
  return request.cookies.has(SESSION_COOKIE) || request.cookies.has(`__Secure-${SESSION_COOKIE}`)
}

function toSignIn(request: NextRequest): Response {
  const { pathname, search } = request.nextUrl
  const origin = `${new URL(webProcess().publicUrl).protocol}//${request.headers.get('host')}`
  return NextResponse.redirect(new URL(signInPath(pathname + search), origin), {
    status: request.method === 'GET' || request.method === 'HEAD' ? 307 : 303,
    headers: { 'cache-control': 'no-store' },
  })
}
