// The secret that signs webhooks, in the form of Standard Webhooks: `whsec_` and 24 to 64 bytes in base64. Several,
// with spaces between them, sign side by side while a receiver changes from one to the next.
// Source: Standard Webhooks, "Signature scheme".

export const SIGNING_SECRET_PREFIX = 'whsec_'
const BYTES_MIN = 24
const BYTES_MAX = 64
const SECRETS_MAX = 4

/** The keys, in the order they are stated; null: not acceptable. */
export function parseSigningSecrets(text: string): readonly Uint8Array[] | null {
  const stated = text.trim().split(/\s+/)
  if (stated.length > SECRETS_MAX) return null
  const keys = stated.flatMap((secret) => parseSigningSecret(secret) ?? [])
  return keys.length === stated.length ? keys : null
}

function parseSigningSecret(text: string): Uint8Array | null {
  if (!text.startsWith(SIGNING_SECRET_PREFIX)) return null
  const base64 = text.slice(SIGNING_SECRET_PREFIX.length)
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64) || base64.replace(/=+$/, '').length % 4 === 1)
    return null
  const bytes = Uint8Array.from(atob(base64.replace(/=+$/, '')), (one) => one.charCodeAt(0))
  return bytes.length >= BYTES_MIN && bytes.length <= BYTES_MAX ? bytes : null
}
