// Sends a file to the server in small pieces, each tried again when the connection breaks, so that a large
// file needs neither memory nor a request that lasts.
import { type ImportView, PIECE_BYTES } from './import-view.ts'

export type UploadOutcome =
  | { readonly ok: true; readonly view: ImportView }
  /** problem: a sentence for the person; '' when it was cancelled. */
  | { readonly ok: false; readonly problem: string }

export type Upload = {
  readonly file: File
  readonly environment: string
  readonly signal: AbortSignal
  /** Called after each piece. */
  readonly onView: (view: ImportView) => void
}

const TRIES = 4
const FIRST_PAUSE_MS = 500

/** Resolves when the server has the whole file, or will not have it. Never rejects. */
export async function uploadCapture(upload: Upload): Promise<UploadOutcome> {
  const { file, environment, signal } = upload
  const body = JSON.stringify({ fileName: file.name, fileBytes: file.size, environment })
  const headers = { 'content-type': 'application/json' }
  let outcome = await ask('/api/v1/imports', { method: 'POST', headers, body, signal })
  for (let at = 0; outcome.ok && at < file.size; at += PIECE_BYTES) {
    upload.onView(outcome.view)
    const piece = await readPiece(file, at)
    if (piece === null)
      return { ok: false, problem: 'The file cannot be read any more: it was moved or changed.' }
    const url = `/api/v1/imports/${outcome.view.id}?at=${at}`
    outcome = await askAgain(url, { method: 'PUT', body: piece, signal })
  }
  return outcome
}

/** Null when the browser cannot read it any more. */
async function readPiece(file: File, at: number): Promise<ArrayBuffer | null> {
  try {
    return await file.slice(at, at + PIECE_BYTES).arrayBuffer()
  } catch (error) {
    if (error instanceof DOMException) return null
    throw error
  }
}

type Answer = UploadOutcome & { readonly isBroken?: true }

/** A piece may be sent twice: the server takes it once. */
async function askAgain(url: string, init: RequestInit): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    const answer = await ask(url, init)
    if (!('isBroken' in answer) || attempt === TRIES) return answer
    await new Promise((resolve) => setTimeout(resolve, FIRST_PAUSE_MS * 2 ** attempt))
  }
}

async function ask(url: string, init: RequestInit): Promise<Answer> {
  try {
    const answer = await fetch(url, init)
    const body: unknown = await answer.json()
    if (answer.ok) return { ok: true, view: (body as { readonly import: ImportView }).import }
    const { detail } = body as { readonly detail?: string }
    const problem = detail ?? `The server answered ${answer.status}.`
    return answer.status >= 500 && answer.status !== 507
      ? { ok: false, problem, isBroken: true }
      : { ok: false, problem }
  } catch {
    // fetch has no finer words for a broken connection; a proxy's own error page is no JSON.
    if (init.signal?.aborted) return { ok: false, problem: '' }
    const problem = 'The connection to the server broke: nothing was imported. Try again.'
    return { ok: false, problem, isBroken: true }
  }
}
