// The key of stored secrets as people state it: 32 bytes in base64 (also URL-safe) or hex.
import { declare, type Setting } from './parse.ts'

const KEY_BYTES = 32
const HEX = /^[0-9a-f]{64}$/i
const BASE64 = /^[A-Za-z0-9+/_-]{43}=?$/

/** null: not 32 bytes. White space around it does not matter. */
export function parseSecretsKey(text: string): Uint8Array | null {
  const stated = text.trim()
  if (HEX.test(stated))
    return Uint8Array.from(stated.match(/../g) ?? [], (pair) => Number(`0x${pair}`))
  if (!BASE64.test(stated)) return null
  const standard = stated.replaceAll('-', '+').replaceAll('_', '/').replace('=', '')
  const bytes = Uint8Array.from(atob(standard), (character) => character.charCodeAt(0))
  return bytes.length === KEY_BYTES ? bytes : null
}

/** Text that parseSecretsKey takes. */
export function secretsKeySetting(variable: string): Setting<string | null> {
  const accepts = '32 random bytes in base64 or hex, such as `openssl rand -base64 32` prints'
  const parse = (text: string) => (parseSecretsKey(text) === null ? undefined : text)
  return declare({ variable, default: null }, accepts, parse, true)
}
