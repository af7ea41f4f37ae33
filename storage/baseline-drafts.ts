// Versions on their way: drafted, edited, proposed, sent back, withdrawn, approved. Each act holds the environment, is
// refused when the draft is another than the one that was looked at, and is audited with what was before and after.
import type { BaselineContent } from '../core/baseline/content.ts'
import { applyEdits, type DraftEdit } from '../core/baseline/edit.ts'
import { type LearnOptions, learnBaseline } from '../core/baseline/learn.ts'
import { appendAudit, type JsonValue } from './audit.ts'
import { makeActive, requireContent, type SelfApproval, storeDraft } from './baseline-activation.ts'
import { describeChange } from './baseline-audit.ts'
import { deleteContent, insertContent, readContent } from './baseline-content.ts'
import {
  type BaselineState,
  deleteDraft,
  moveVersion,
  readVersion,
  type StoredVersion,
  touchDraft,
} from './baseline-record.ts'
import { lockActiveVersion } from './environments.ts'
import { notifyChange } from './events.ts'
import { StorageError } from './failure.ts'
import type { Query, Sql } from './sql.ts'
import { readEvidence } from './window-evidence.ts'

/** What is left of a version after an act. */
export type VersionState = {
  readonly version: number
  readonly state: BaselineState
  readonly revision: number
}

export type DraftSource =
  /** What was seen in a window, with doubtful edges in quarantine. */
  | {
      readonly from: 'window'
      readonly fromMs: number
      readonly toMs: number
      readonly pins: LearnOptions['pins']
    }
  /** A version of the same environment. */
  | { readonly from: 'version'; readonly version: number }
  | { readonly from: 'content'; readonly content: BaselineContent }

export type NewDraft = {
  readonly environment: string
  /** A user's e-mail address. */
  readonly actor: string
  readonly title: string
  /** Not empty. */
  readonly reason: string
  readonly source: DraftSource
}

/** Errors: StorageError ENVIRONMENT_UNKNOWN, BASELINE_UNKNOWN, BASELINE_EMPTY, BASELINE_INVALID, REASON_MISSING. */
export async function createDraft(sql: Sql, draft: NewDraft): Promise<VersionState> {
  const { environment, actor, title, reason, source } = draft
  requireReason(reason)
  return sql.begin(async (tx) => {
    await lockActiveVersion(tx, environment)
    const content = await readSource(tx, environment, source)
    const writers =
      source.from === 'version' ? await readWriters(tx, environment, source.version) : []
    const stored = await storeDraft(tx, {
      ...{ environment, content, actor, reason, title, origin: source.from, writers },
    })
    const detail = { from: source.from, ...describeChange(null, content) }
    return finish(tx, stored, { actor, reason, action: 'baseline.drafted', detail })
  })
}

async function readSource(
  tx: Query,
  environment: string,
  source: DraftSource,
): Promise<BaselineContent> {
  if (source.from === 'content') return source.content
  if (source.from === 'version') return requireVersionContent(tx, environment, source.version)
  const window = { environment, fromMs: source.fromMs, toMs: source.toMs }
  const { pins } = source
  const learned = learnBaseline(await readEvidence(tx, window), { environment, window, pins })
  if (learned.entries.length > 0) return learned
  const text = 'Nothing was seen in this window, so there is nothing to learn.'
  throw new StorageError('BASELINE_EMPTY', text)
}

/** Errors: StorageError BASELINE_UNKNOWN. */
export async function requireVersionContent(
  tx: Query,
  environment: string,
  version: number,
): Promise<BaselineContent> {
  const content = await readContent(tx, environment, version)
  if (content) return content
  throw unknown()
}

/** Who wrote a version that nobody has approved: a copy is theirs as well, so that they cannot approve it either. */
export async function readWriters(
  tx: Query,
  environment: string,
  version: number,
): Promise<readonly string[]> {
  const stored = await readVersion(tx, environment, version)
  if (!stored || stored.state === 'active' || stored.state === 'superseded') return []
  return [stored.author, ...stored.editors]
}

function unknown(): StorageError {
  return new StorageError('BASELINE_UNKNOWN', 'There is no such version of the baseline.')
}

/** Which version is meant, and as what it was looked at. */
export type VersionAct = {
  readonly environment: string
  readonly version: number
  /** The revision that was looked at; null: whichever it is. */
  readonly expectedRevision: number | null
  /** A user's e-mail address. */
  readonly actor: string
}

export type DraftChange = VersionAct & {
  /** Left out, they stay. */
  readonly title?: string
  readonly reason?: string
} & ({ readonly content: BaselineContent } | { readonly edits: readonly DraftEdit[] })

/**
 * Gives a draft other content, whole or by edits. Errors: StorageError BASELINE_UNKNOWN, BASELINE_NOT_DRAFT,
 * REVISION_STALE, BASELINE_INVALID, ENTRY_UNKNOWN.
 */
export async function changeDraft(sql: Sql, change: DraftChange): Promise<VersionState> {
  const { environment, version, actor } = change
  return sql.begin(async (tx) => {
    const stored = await lockVersion(tx, change, ['draft'])
    const before = await requireVersionContent(tx, environment, version)
    const after = 'content' in change ? change.content : editContent(before, change.edits)
    requireContent(after, environment)
    await deleteContent(tx, stored.id)
    await insertContent(tx, stored.id, after)
    const { title = stored.title, reason = stored.reason } = change
    requireReason(reason)
    const touched = await touchDraft(tx, stored.id, { editor: actor, title, reason })
    const detail = { title, revision: touched.revision, ...describeChange(before, after) }
    return finish(tx, touched, { actor, reason, action: 'baseline.edited', detail })
  })
}

/** Errors: StorageError ENTRY_UNKNOWN. */
export function editContent(before: BaselineContent, edits: readonly DraftEdit[]): BaselineContent {
  const edited = applyEdits(before, edits)
  if (edited.ok) return edited.content
  throw new StorageError('ENTRY_UNKNOWN', `The version does not hold ${edited.missing}.`)
}

/** Hands a draft over for review. Errors: StorageError BASELINE_UNKNOWN, BASELINE_NOT_DRAFT, REVISION_STALE. */
export async function proposeDraft(sql: Sql, act: VersionAct): Promise<VersionState> {
  return sql.begin(async (tx) => {
    const stored = await lockVersion(tx, act, ['draft'])
    const moved = await moveVersion(tx, stored.id, 'in_review')
    const { reason } = stored
    const detail = { before: { state: 'draft' }, after: { state: 'in_review' } }
    return finish(tx, moved, { actor: act.actor, reason, action: 'baseline.proposed', detail })
  })
}

/**
 * Sends a version in review back to be a draft. Errors: StorageError BASELINE_UNKNOWN, BASELINE_NOT_PROPOSED,
 * REVISION_STALE, REASON_MISSING.
 */
export async function returnDraft(
  sql: Sql,
  act: VersionAct & { readonly reason: string },
): Promise<VersionState> {
  const { actor, reason } = act
  requireReason(reason)
  return sql.begin(async (tx) => {
    const stored = await lockVersion(tx, act, ['in_review'])
    const moved = await moveVersion(tx, stored.id, 'draft')
    const detail = { before: { state: 'in_review' }, after: { state: 'draft' } }
    return finish(tx, moved, { actor, reason, action: 'baseline.returned', detail })
  })
}

/** Deletes a draft, or a version in review. Errors: StorageError BASELINE_UNKNOWN, BASELINE_CLOSED, REVISION_STALE. */
export async function withdrawDraft(
  sql: Sql,
  act: VersionAct & { readonly reason: string },
): Promise<void> {
  await sql.begin((tx) => withdrawVersion(tx, act))
}

/** As withdrawDraft, in the caller's transaction. */
export async function withdrawVersion(
  tx: Query,
  act: VersionAct & { readonly reason: string },
): Promise<void> {
  const { environment, version, actor, reason } = act
  const stored = await lockVersion(tx, act, ['draft', 'in_review'])
  const before = await requireVersionContent(tx, environment, version)
  if (stored.state === 'in_review') await moveVersion(tx, stored.id, 'draft')
  await deleteContent(tx, stored.id)
  await deleteDraft(tx, stored.id)
  const detail = describeChange(before, null)
  await finish(tx, stored, { actor, reason, action: 'baseline.withdrawn', detail })
}

/**
 * Makes a draft or a version in review the active one. Errors: StorageError BASELINE_UNKNOWN, BASELINE_CLOSED,
 * BASELINE_EMPTY, REVISION_STALE, REASON_MISSING, SELF_APPROVAL_FORBIDDEN.
 */
export async function approveVersion(
  sql: Sql,
  act: VersionAct & { readonly reason: string; readonly selfApproval: SelfApproval },
): Promise<VersionState> {
  const { environment, version, actor: approver, reason } = act
  requireReason(reason)
  return sql.begin(async (tx) => {
    const stored = await lockVersion(tx, act, ['draft', 'in_review'])
    if (act.selfApproval === 'forbidden' && [stored.author, ...stored.editors].includes(approver)) {
      const text = 'Who wrote a version may not approve it; somebody else has to.'
      throw new StorageError('SELF_APPROVAL_FORBIDDEN', text)
    }
    const content = await requireVersionContent(tx, environment, version)
    if (content.entries.length + content.rules.length === 0)
      throw new StorageError('BASELINE_EMPTY', 'The version holds nothing; everything would alert.')
    const { title, origin } = stored
    const detail = { title, origin, state: stored.state }
    await makeActive(tx, stored, { approver, reason, action: 'baseline.approved', detail })
    return { version, state: 'active', revision: stored.revision }
  })
}

async function lockVersion(
  tx: Query,
  { environment, version, expectedRevision }: VersionAct,
  states: readonly BaselineState[],
): Promise<StoredVersion> {
  await lockActiveVersion(tx, environment)
  const stored = await readVersion(tx, environment, version)
  if (!stored) throw unknown()
  if (!states.includes(stored.state)) throw wrongState(states)
  if (expectedRevision === null || expectedRevision === stored.revision) return stored
  const text = 'The version has been changed since it was read; read it again.'
  throw new StorageError('REVISION_STALE', text)
}

function wrongState(states: readonly BaselineState[]): StorageError {
  if (states.length > 1) {
    const text = 'An active or superseded version does not change; make a new draft from it.'
    return new StorageError('BASELINE_CLOSED', text)
  }
  if (states.includes('draft'))
    return new StorageError('BASELINE_NOT_DRAFT', 'Only a draft can be changed or proposed.')
  return new StorageError('BASELINE_NOT_PROPOSED', 'The version is not in review.')
}

export function requireReason(reason: string): void {
  if (reason.trim() !== '') return
  throw new StorageError('REASON_MISSING', 'Say why; an act on a baseline needs a reason.')
}

type Done = {
  readonly actor: string
  readonly reason: string
  readonly action: string
  readonly detail: { readonly [key: string]: JsonValue }
}

async function finish(
  tx: Query,
  { environment, version, state, revision }: StoredVersion,
  { actor, reason, action, detail }: Done,
): Promise<VersionState> {
  const subject = `${environment} version ${version}`
  await appendAudit(tx, { actor, action, subject, detail: { ...detail, reason } })
  await notifyChange(tx)
  return { version, state, revision }
}
