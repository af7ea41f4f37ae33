// A JSON answer that a browser may keep and must ask about: equal content has an equal ETag.
import { createHash } from 'node:crypto'

/** 200 with the value, or 304 when the request names the same ETag. etag: of the content when left out. */
export function jsonAnswer(request: Request, value: unknown, etag?: string): Response {
  const body = JSON.stringify(value)
  return keptAnswer(request, { body, type: 'application/json', etag: etag ?? contentEtag(body) })
}

/** The same for text of any type. */
export function keptAnswer(
  request: Request,
  answer: { readonly body: string; readonly type: string; readonly etag?: string },
): Response {
  const { body, type, etag = contentEtag(body) } = answer
  const headers = { etag, 'cache-control': 'private, no-cache', vary: 'cookie, authorization' }
  if (
    request.headers
      .get('if-none-match')
      ?.split(/\s*,\s*/)
      .includes(etag)
  )
    return new Response(null, { status: 304, headers })
  return new Response(body, { headers: { ...headers, 'content-type': type } })
}

function contentEtag(body: string): string {
  return `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`
}
