// The secret that signs session cookies: given by STRAYLINE_AUTH_SECRET, or made once and kept in the
// data directory, readable by its owner only. Never a default.
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** Errors: throws when the data directory cannot be read or written. */
export function loadAuthSecret(dataDir: string): string {
  const file = path.join(dataDir, 'auth-secret')
  const kept = readSecret(file)
  if (kept) return kept
  mkdirSync(dataDir, { recursive: true })
  try {
    writeFileSync(file, `${randomBytes(48).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    // Another web process was faster: its secret is the one.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const made = readSecret(file)
  if (!made) throw new Error(`${file} is empty: delete it and start again`)
  return made
}

function readSecret(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim() || null
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
