// What a stranger may send at once: bytes of bodies in memory, inflating bodies, tokens.
// Every limit counts how often it bit.
import { createHash, timingSafeEqual } from 'node:crypto'

export type BodyLimits = {
  /** Longest body, compressed or not. */
  readonly bodyBytesMax: number
  /** Sum of the bodies in memory before the answer. */
  readonly bodiesBytesMax: number
}

/** Memory that bodies hold from their first byte until their answer. */
export type BodyBudget = {
  readonly bytesMax: number
  bytes: number
}

/** Takes bytes from the budget; false when they do not fit, and then nothing is taken. */
export function takeBytes(budget: BodyBudget, bytes: number): boolean {
  if (budget.bytes + bytes > budget.bytesMax) return false
  budget.bytes += bytes
  return true
}

export function giveBackBytes(budget: BodyBudget, bytes: number): void {
  budget.bytes -= bytes
}

/**
 * Whether the `authorization` header holds the token. Constant time: both sides are hashed first, so
 * neither content nor length leaks. No token configured: everybody on loopback may send.
 */
export function isAuthorized(token: string | null, header: string | undefined): boolean {
  if (token === null) return true
  const given = /^bearer +(.*)$/i.exec(header ?? '')?.[1] ?? ''
  return timingSafeEqual(hash(given), hash(token))
}

function hash(text: string): Uint8Array {
  return createHash('sha256').update(text).digest()
}
