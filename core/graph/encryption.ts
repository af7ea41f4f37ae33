// What an edge's counts say of its encryption in transit, in a word. The counts are those that calls state;
// of the others nothing is known, so that "tls" means: every call that says anything is encrypted.
import { TRUST_RULES, type Trust } from './edge.ts'
import type { EncryptionCounts } from './graph.ts'

export type EncryptionLedger = 'tls' | 'plain' | 'mixed' | 'unknown'

export function encryptionLedger({ tlsCalls, plainCalls }: EncryptionCounts): EncryptionLedger {
  if (tlsCalls > 0) return plainCalls > 0 ? 'mixed' : 'tls'
  return plainCalls > 0 ? 'plain' : 'unknown'
}

/** Whether every call states that it is encrypted, and not just all that state anything. */
export function isEncryptedThroughout(edge: {
  readonly encryption: EncryptionCounts
  readonly trust: Trust
}): boolean {
  // Calls of all time, as the two counts are; a window has fewer.
  const calls = TRUST_RULES.reduce((sum, rule) => sum + edge.trust[rule], 0)
  return calls > 0 && edge.encryption.tlsCalls >= calls
}
