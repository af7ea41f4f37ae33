// Encryption in a word, for the panel and the CSV.
import { expect, test } from 'vitest'
import { encryptionLedger, isEncryptedThroughout } from '../../../core/graph/encryption.ts'
import { edge, key } from '../export/graphs.ts'

test.each([
  ['tls', 2, 0],
  ['plain', 0, 1],
  ['mixed', 5, 1],
  ['unknown', 0, 0],
] as const)('%s: %i calls encrypted, %i in the clear', (word, tlsCalls, plainCalls) => {
  expect(encryptionLedger({ tlsCalls, plainCalls })).toBe(word)
})

test('an edge is encrypted throughout when each of its calls says so, whatever the window', () => {
  const [web, cart] = [key('service', 'web'), key('service', 'cart')]
  const calls = (tlsCalls: number) =>
    edge(web, cart, { calls: 3, encryption: { tlsCalls, plainCalls: 0 } })
  expect(isEncryptedThroughout(calls(3))).toBe(true)
  expect(isEncryptedThroughout(calls(2))).toBe(false)
  expect(isEncryptedThroughout({ ...calls(3), trust: calls(0).trust })).toBe(true)
  const seenBefore = { ...calls(3), trust: { ...calls(3).trust, peer: 1 } }
  expect(isEncryptedThroughout(seenBefore)).toBe(false)
})
