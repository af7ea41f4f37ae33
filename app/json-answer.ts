// A JSON answer that a browser may keep and must ask about: equal content has an equal ETag.
import { createHash } from 'node:crypto'

/**
 * 200 with the value, or 304 when the request names the same ETag. revision: of what can be replaced, which
 * If-Match of a write then shows; the ETag also has what else the content depends on.
 */
export function jsonAnswer(request: Request, value: unknown, revision?: number): Response {
  const body = JSON.stringify(value)
  return keptAnswer(request, { body, type: 'application/json', revision })
}

/** The same for text of any type. */
export function keptAnswer(
  request: Request,
  answer: {
    readonly body: string
    readonly type: string
    readonly revision: number | undefined
    readonly headers?: Readonly<Record<string, string>>
  },
): Response {
  const { body, type, revision } = answer
  const hash = createHash('sha256').update(body).digest('base64url').slice(0, 27)
  const etag = revision === undefined ? `"${hash}"` : etagOf(revision, hash)
  const headers = {
    ...answer.headers,
    ...{ etag, 'cache-control': 'private, no-cache', vary: 'cookie, authorization' },
  }
  const known = request.headers.get('if-none-match')?.split(/\s*,\s*/) ?? []
  // A proxy that compresses makes an ETag weak.
  if (known.some((each) => each.replace(/^W\//, '') === etag))
    return new Response(null, { status: 304, headers })
  return new Response(body, { headers: { ...headers, 'content-type': type } })
}

/** The ETag of a revision. hash: of what was handed out; '' after a write. */
export function etagOf(revision: number, hash = ''): string {
  return hash === '' ? `"r${revision}"` : `"r${revision}-${hash}"`
}

/** The revision in an ETag of ours, also in one that a proxy made weak; null when it is none. */
export function revisionOf(etag: string): number | null {
  const revision = /^(?:W\/)?"r(\d{1,10})(?:-[\w-]+)?"$/.exec(etag.trim())?.[1]
  return revision === undefined ? null : Number(revision)
}
