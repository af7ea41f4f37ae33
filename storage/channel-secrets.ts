// Secrets of a channel as they change: what is given takes the place of what is sealed, name by name.
import type { ChannelSecrets } from '../core/notify/channel.ts'
import { StorageError } from './failure.ts'
import { openSecrets, type SecretsKey } from './secret-box.ts'

/** By name; null removes, left out keeps. */
export type SecretsChange = { readonly [name: string]: string | null }

export type SealedSecrets = {
  readonly channelId: string
  readonly sealed: Uint8Array | null
  /** Of what is sealed. */
  readonly names: readonly string[]
}

/** Errors: those of openSecrets, unless all that does not open any more is given anew or removed. */
export function mergeSecrets(
  key: SecretsKey,
  former: SealedSecrets,
  given: SecretsChange,
): ChannelSecrets {
  const merged = { ...openFormer(key, former, given), ...given }
  return Object.fromEntries(
    Object.entries(merged).filter((entry): entry is [string, string] => entry[1] !== null),
  )
}

function openFormer(
  key: SecretsKey,
  { channelId, sealed, names }: SealedSecrets,
  given: SecretsChange,
): ChannelSecrets {
  if (!sealed) return {}
  try {
    return openSecrets(key, channelId, sealed)
  } catch (error) {
    const isReplaced = names.every((name) => Object.hasOwn(given, name))
    if (error instanceof StorageError && isReplaced) return {}
    throw error
  }
}
