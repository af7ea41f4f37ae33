// What tests of baseline versions do in few words: draft, act on a version, approve it as somebody else.
import { expect } from 'vitest'
import type { BaselineContent } from '../../core/baseline/content.ts'
import { approveVersion, createDraft } from '../../storage/baseline-drafts.ts'
import { db } from './content.ts'
import { call, NOON_MS } from './delta.ts'
import type { World } from './world.ts'

export const ANN = 'ann@example.com'
export const BOB = 'bob@example.com'
const HOUR_MS = 3_600_000
/** In which `usual` was seen. */
export const WINDOW = { environment: 'prod', fromMs: NOON_MS - HOUR_MS, toMs: NOON_MS + HOUR_MS }
export const usual = [call('web', 'cart', { calls: 2 }), call('cart', db, { calls: 2 })]

export function draft(world: World, content: BaselineContent, actor = ANN) {
  return createDraft(world.web, {
    ...{ environment: content.environment, actor, title: 'A title', reason: 'because' },
    source: { from: 'content', content },
  })
}

/** Of prod, whatever its revision. */
export function act(version: number, actor = ANN) {
  return { environment: 'prod', version, expectedRevision: null, actor }
}

export function approve(world: World, version: number, actor = BOB) {
  const how = { reason: 'agreed', selfApproval: 'allowed' } as const
  return approveVersion(world.web, { ...act(version, actor), ...how })
}

export function refused(promise: Promise<unknown>, code: string) {
  return expect(promise).rejects.toMatchObject({ code, retryable: false })
}
