// The key under which this process seals the secrets of channels; it opens them only to keep those that stay.
import 'server-only'
import type { SecretsKey } from '../storage/secret-box.ts'
import { loadSecretsKey } from '../storage/secrets-key.ts'
import { oncePerProcess, webProcess } from './web-process.ts'

/** Errors: StorageError SECRETS_KEY_INVALID; asked for anew after a failure. */
export function secretsKey(): Promise<SecretsKey> {
  return oncePerProcess('secrets-key', async () => {
    const { dataDir, secretsKey: given } = webProcess().config
    try {
      return await loadSecretsKey({ dataDir, given })
    } catch (error) {
      webProcess().made.delete('secrets-key')
      throw error
    }
  })
}
