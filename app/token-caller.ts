// A pipeline by its token, from Authorization: Bearer. Wrong ones are counted by address, good ones by
// token; past the limit the answer is 429 with Retry-After. Source: RFC 6750.
import 'server-only'
import { spendApiToken } from '../storage/api-tokens.ts'
import { CLIENT_ADDRESS_HEADER } from './auth.ts'
import type { FoundCaller } from './caller.ts'
import { database } from './database.ts'
import { countOne, createMinuteLimit, isSpent, secondsLeft } from './minute-limit.ts'
import { problem } from './problem.ts'
import { oncePerProcess } from './web-process.ts'

const REQUESTS_A_MINUTE_MAX = 600
/** A flood, not a guess: nobody guesses 256 bits, and behind a proxy all have one address. */
const FAILURES_A_MINUTE_MAX = 120
const TOKEN_CHARACTERS_MAX = 200

/** Errors: rejects when the database is down. */
export async function findTokenCaller(
  authorization: string,
  headers: Headers,
): Promise<FoundCaller> {
  const nowMs = Date.now()
  const { failures, requests } = oncePerProcess('token-limits', createLimits)
  const address = headers.get(CLIENT_ADDRESS_HEADER) ?? 'unknown'
  if (isSpent(failures, address, nowMs))
    return tooMany('Too many wrong tokens came from this address.', nowMs)
  const token = /^Bearer +([\x21-\x7e]+)$/i.exec(authorization)?.[1] ?? ''
  const found = token.length > TOKEN_CHARACTERS_MAX ? null : await spendApiToken(database(), token)
  if (found === null) {
    countOne(failures, address, nowMs)
    return { ok: false, response: problem(401, WRONG, CHALLENGE) }
  }
  if (isSpent(requests, found.id, nowMs))
    return tooMany(`A token may ask ${requests.max} times a minute.`, nowMs)
  countOne(requests, found.id, nowMs)
  return { ok: true, caller: { kind: 'token', ...found } }
}

function createLimits() {
  return {
    requests: createMinuteLimit(REQUESTS_A_MINUTE_MAX),
    failures: createMinuteLimit(FAILURES_A_MINUTE_MAX),
  }
}

const WRONG =
  'This token is wrong, expired or revoked: strayline token list shows those in force, strayline token create makes one.'
const CHALLENGE = { 'www-authenticate': 'Bearer error="invalid_token"' }

function tooMany(sentence: string, nowMs: number): FoundCaller {
  const headers = { 'retry-after': String(secondsLeft(nowMs)) }
  return { ok: false, response: problem(429, `${sentence} Wait a minute.`, headers) }
}
