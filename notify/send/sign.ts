// Signatures of webhooks after Standard Webhooks: a receiver checks with any of its libraries that a message is ours,
// recent, and whether it came before (webhook-id is the notice's key).
// Source: Standard Webhooks 1.0, "Webhook headers" and "Signature scheme".
import { createHmac } from 'node:crypto'
import type { HttpRequest } from '../../core/notify/payload/render.ts'
import { parseSigningSecrets } from '../../core/notify/signing-secret.ts'
import { refuse, SendEnd } from './result.ts'

export type SigningOptions = {
  /** The notice's key. */
  readonly id: string
  /** Of this try, unix ms: receivers refuse what is older than some minutes. */
  readonly nowMs: number
  /** undefined: the id and the time are told, nothing is signed. */
  readonly secret: string | undefined
}

/** Errors: SendEnd when the secret is not of the form that can sign. */
export function signRequest(request: HttpRequest, options: SigningOptions): HttpRequest {
  const { id, nowMs, secret } = options
  const timestamp = String(Math.floor(nowMs / 1000))
  const told = { 'webhook-id': id, 'webhook-timestamp': timestamp }
  if (secret === undefined) return { ...request, headers: { ...request.headers, ...told } }
  const keys = parseSigningSecrets(secret)
  if (keys === null) {
    const form = '`whsec_` and 24 to 64 bytes in base64'
    throw new SendEnd(refuse(`The channel's signing secret is not ${form}: enter it anew.`))
  }
  const signed = `${id}.${timestamp}.${request.body}`
  const signatures = keys.map(
    (key) => `v1,${createHmac('sha256', key).update(signed, 'utf8').digest('base64')}`,
  )
  const headers = { ...request.headers, ...told, 'webhook-signature': signatures.join(' ') }
  return { ...request, headers }
}
