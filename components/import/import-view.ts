// An import as it stands: what /api/v1/imports hands out and the page shows; and the names it may use.

/** receiving: the file is on its way here; running: it is read and sent; the rest is its end. */
export type ImportStatus = 'receiving' | 'running' | 'done' | 'failed' | 'stopped'

export type ImportView = {
  readonly id: string
  readonly status: ImportStatus
  /** As the browser named it. Untrusted text. */
  readonly fileName: string
  readonly environment: string
  readonly fileBytes: number
  readonly receivedBytes: number
  readonly startedBy: string
  /** Unix ms. */
  readonly startedMs: number
  /** Spans; total null while the file is still read. */
  readonly sentSpans: number
  readonly totalSpans: number | null
  /** Of a running one: 'starting', 'reading', 'sending', 'settling'. */
  readonly note: string
  /** What could not be read, the first ones, and how many in all. Untrusted text. */
  readonly problems: readonly { readonly place: string; readonly reason: string }[]
  readonly problemCount: number
  /** Why it failed, a sentence; null otherwise. */
  readonly message: string | null
}

/** Bytes of one piece of an upload: what a reverse proxy takes without being told. */
export const PIECE_BYTES = 1024 ** 2

const PLAIN_NAME = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,63}$/u
/** Names that others have by default. */
const RESERVED: ReadonlySet<string> = new Set(['default', 'demo'])

/** Whether an import may give its environment this name, as far as the name alone tells. */
export function isImportEnvironment(name: string): boolean {
  return PLAIN_NAME.test(name) && !RESERVED.has(name)
}

/**
 * A new environment's name from a file's: `import-checkout` for `Checkout.json.gz`, never one that is there.
 * The prefix keeps it apart from what real traces call theirs later.
 */
export function suggestEnvironment(fileName: string, known: readonly string[]): string {
  const stem = fileName
    .normalize('NFKC')
    .replace(/(\.(json|jsonl|ndjson|proto|pb|bin|txt|gz|zst|zstd|tar|tgz))+$/i, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}._]+/gu, '-')
  const short = [...stem]
    .slice(0, 40)
    .join('')
    .replace(/^[-._]+|[-._]+$/g, '')
  const base = short === '' ? 'import' : `import-${short}`
  for (let number = 1; ; number++) {
    const name = number === 1 ? base : `${base}-${number}`
    if (!known.includes(name)) return name
  }
}
