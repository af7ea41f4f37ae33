// Where to go after sign-in: a path of ours, never an address that someone put into the link.

const START = '/map'

/** A path within the product; the map when it is anything else. */
export function localPath(text: unknown): string {
  if (typeof text !== 'string' || !text.startsWith('/')) return START
  const base = 'http://local.invalid'
  const url = URL.parse(text, base)
  // '//host', '/\host' and the like leave the base; tabs and newlines are dropped by the parser itself.
  if (url?.origin !== base) return START
  // '/.//host' stays, but what is left of it would leave when it is read once more.
  return url.pathname.startsWith('//') ? START : url.pathname + url.search
}

/** proxy.ts tells pages by it what was asked for, whatever the browser sent under that name. */
export const WANTED_PATH_HEADER = 'x-wanted-path'

/** The sign-in page, which then goes on to a path of ours with its query. */
export function signInPath(wanted: string): string {
  return wanted === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(wanted)}`
}
