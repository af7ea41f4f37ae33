// The key under which secrets are sealed: given by STRAYLINE_SECRETS_KEY, or made once and kept in the data directory,
// readable by its owner only. It is in no backup and never an argument of a command.
import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import path from 'node:path'
import { parseSecretsKey } from '../core/config/secrets-key.ts'
import { errorCode, StorageError } from './failure.ts'
import { withFileLock } from './file-lock.ts'
import { makeSecretsKey, type SecretsKey } from './secret-box.ts'

const KEY_BYTES = 32

export type SecretsKeySource = {
  /** Where secrets.key (mode 0600) is kept. */
  readonly dataDir: string
  /** 32 bytes as the setting states them; null: the file, which is made when there is none. */
  readonly given: string | null
}

/**
 * Of several processes that ask at once, one makes the file and all have its key.
 * Errors: StorageError SECRETS_KEY_INVALID when what is there is no key; a file system's own error.
 */
export async function loadSecretsKey({ dataDir, given }: SecretsKeySource): Promise<SecretsKey> {
  if (given !== null) return makeSecretsKey(parsed(given, 'STRAYLINE_SECRETS_KEY'))
  const file = path.join(dataDir, 'secrets.key')
  const kept = await readKey(file)
  if (kept !== null) return makeSecretsKey(parsed(kept, file))
  await mkdir(dataDir, { recursive: true })
  return await withFileLock(`${file}.lock`, async () => {
    const made = (await readKey(file)) ?? (await writeKey(file))
    return makeSecretsKey(parsed(made, file))
  })
}

function parsed(text: string, place: string): Uint8Array {
  const bytes = parseSecretsKey(text)
  if (bytes !== null) return bytes
  const what = `${place} holds no key of 32 bytes (base64 or hex).`
  const cure =
    'Put back the one that was there; without it the secrets of channels are entered anew.'
  throw new StorageError('SECRETS_KEY_INVALID', `${what} ${cure}`)
}

async function readKey(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null
    throw error
  }
}

/** Synced before it has its name: what is sealed under a key must not outlive it in a power cut. */
async function writeKey(file: string): Promise<string> {
  const text = `${randomBytes(KEY_BYTES).toString('base64')}\n`
  const aside = `${file}.new`
  const handle = await open(aside, 'w', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(aside, file)
  return text
}
