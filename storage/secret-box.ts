// Secrets of channels at rest: AES-256-GCM under a key that never lies in the database, so that a copy of the
// database or a backup alone opens nothing. The channel's id is authenticated: what is sealed for one channel
// does not open for another. The web seals, the worker opens; neither writes a secret to a log.
// Form: version (1 byte), key id (8), nonce (12), ciphertext of the JSON object, tag (16).
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto'
import { z } from 'zod'
import type { ChannelSecrets } from '../core/notify/channel.ts'
import { SIGNING_SECRET_PREFIX } from '../core/notify/signing-secret.ts'
import { StorageError } from './failure.ts'

/** Opaque; printing or serialising it shows no key. */
export type SecretsKey = {
  /** Tells keys apart without telling anything of them. */
  readonly id: Buffer
  readonly cipherKey: KeyObject
}

const VERSION = 1
const KEY_BYTES = 32
const KEY_ID_BYTES = 8
const NONCE_BYTES = 12
const TAG_BYTES = 16
const HEADER_BYTES = 1 + KEY_ID_BYTES + NONCE_BYTES
const CIPHER = 'aes-256-gcm'
const SIGNING_SECRET_BYTES = 32

const Secrets = z.record(z.string(), z.string())

/** bytes: 32, at random. */
export function makeSecretsKey(bytes: Uint8Array): SecretsKey {
  const derived = hkdfSync('sha256', bytes, '', 'strayline channel secrets', KEY_BYTES)
  const cipherKey = createSecretKey(Buffer.from(derived))
  const told = hkdfSync('sha256', bytes, '', 'strayline channel secrets: id', KEY_BYTES)
  const id = createHash('sha256').update(Buffer.from(told)).digest().subarray(0, KEY_ID_BYTES)
  return { id, cipherKey }
}

/** A nonce is drawn at random each time: a channel is sealed a few times in its life, far from 2^32. */
export function sealSecrets(key: SecretsKey, channelId: string, secrets: ChannelSecrets): Buffer {
  const nonce = randomBytes(NONCE_BYTES)
  const header = Buffer.concat([Buffer.of(VERSION), key.id, nonce])
  const cipher = createCipheriv(CIPHER, key.cipherKey, nonce, { authTagLength: TAG_BYTES })
  cipher.setAAD(authenticated(header, channelId))
  const text = cipher.update(JSON.stringify(secrets), 'utf8')
  return Buffer.concat([header, text, cipher.final(), cipher.getAuthTag()])
}

/**
 * What sealSecrets sealed. Errors: StorageError SECRETS_KEY_WRONG when it was sealed under another key,
 * SECRETS_DAMAGED when it is not what was sealed for this channel; both say what to do, neither is worth a retry
 * before somebody did it.
 */
export function openSecrets(
  key: SecretsKey,
  channelId: string,
  sealed: Uint8Array,
): ChannelSecrets {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength)
  if (bytes.length < HEADER_BYTES + TAG_BYTES || bytes[0] !== VERSION) throw damaged()
  if (!bytes.subarray(1, 1 + KEY_ID_BYTES).equals(key.id)) throw wrongKey()
  const header = bytes.subarray(0, HEADER_BYTES)
  const nonce = header.subarray(1 + KEY_ID_BYTES)
  const cipher = createDecipheriv(CIPHER, key.cipherKey, nonce, { authTagLength: TAG_BYTES })
  cipher.setAAD(authenticated(header, channelId))
  cipher.setAuthTag(bytes.subarray(-TAG_BYTES))
  try {
    const text = cipher.update(bytes.subarray(HEADER_BYTES, -TAG_BYTES))
    return Secrets.parse(JSON.parse(Buffer.concat([text, cipher.final()]).toString('utf8')))
  } catch (error) {
    throw damaged(error)
  }
}

/** A new secret for signing webhooks, to be shown once. Source: Standard Webhooks, "Signature scheme". */
export function makeSigningSecret(): string {
  return SIGNING_SECRET_PREFIX + randomBytes(SIGNING_SECRET_BYTES).toString('base64')
}

function authenticated(header: Uint8Array, channelId: string): Buffer {
  return Buffer.concat([header, Buffer.from(channelId, 'utf8')])
}

function wrongKey(): StorageError {
  const text =
    "The channel's secrets were sealed with another key: put back the secrets.key of the data " +
    'directory (or STRAYLINE_SECRETS_KEY) that they were entered under, or enter them anew.'
  return new StorageError('SECRETS_KEY_WRONG', text)
}

function damaged(cause?: unknown): StorageError {
  const text =
    "The channel's stored secrets are damaged or were another channel's: enter them anew."
  return new StorageError('SECRETS_DAMAGED', text, cause)
}
