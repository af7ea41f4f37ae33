// How a version becomes active, whoever asks for it: the environment is held alone, so no commit judges by the old
// version after it or writes an edge beside it; every edge of the last day and every alert is judged by the new one.
import { findContentProblem } from '../core/baseline/check-content.ts'
import type { BaselineContent } from '../core/baseline/content.ts'
import { edgeId } from '../core/baseline/drift.ts'
import { type NodeKey, nodeId } from '../core/graph/node.ts'
import { appendAudit, type JsonValue } from './audit.ts'
import { describeChange } from './baseline-audit.ts'
import { deleteContent, insertContent, readContent } from './baseline-content.ts'
import {
  activateVersion,
  type BaselineOrigin,
  insertDraft,
  moveVersion,
  type StoredVersion,
} from './baseline-record.ts'
import { lockActiveVersion, takeVersionNumber, writeActiveVersion } from './environments.ts'
import { notifyChange } from './events.ts'
import { StorageError } from './failure.ts'
import { judgeEnvironment } from './judge.ts'
import { readAliases } from './node-aliases.ts'
import type { Query } from './sql.ts'

/** Whether who wrote a version may approve it (STRAYLINE_FORBID_SELF_APPROVAL). */
export type SelfApproval = 'allowed' | 'forbidden'

export type NewContent = {
  readonly environment: string
  readonly content: BaselineContent
  /** A user's e-mail address. */
  readonly actor: string
  readonly reason: string
  readonly origin: BaselineOrigin
  readonly title?: string
  /** Who else wrote the content, where nobody has approved it yet. */
  readonly writers?: readonly string[]
}

export type Activation = NewContent & {
  /** What the audit calls it, noun.verb. */
  readonly action: string
  readonly detail: { readonly [key: string]: JsonValue }
}

/** Stores content as the next version. The caller holds the environment. Errors: StorageError BASELINE_INVALID. */
export async function storeDraft(tx: Query, draft: NewContent): Promise<StoredVersion> {
  const { environment, content, actor: author, reason, origin, title = '', writers = [] } = draft
  requireContent(content, environment)
  const baseVersion = await lockActiveVersion(tx, environment)
  const stored = await insertDraft(tx, {
    ...{ environment, author, reason, origin, title, baseVersion },
    editors: [...new Set(writers)].filter((writer) => writer !== author),
    version: await takeVersionNumber(tx, environment),
  })
  await insertContent(tx, stored.id, content)
  return stored
}

/** Errors: StorageError BASELINE_INVALID. */
export function requireContent(content: BaselineContent, environment: string): void {
  const problem =
    content.environment === environment
      ? findContentProblem(content)
      : `The content is of the environment ${content.environment}, not ${environment}.`
  if (problem !== null) throw new StorageError('BASELINE_INVALID', problem)
}

/**
 * Stores content and makes it the active version at once, approved by its author; the caller holds the environment
 * (lockActiveVersion). Returns its number. Errors: StorageError BASELINE_INVALID.
 */
export async function activate(tx: Query, activation: Activation): Promise<number> {
  const { actor: approver, reason, action, detail } = activation
  const stored = await storeDraft(tx, activation)
  await makeActive(tx, stored, { approver, reason, action, detail })
  return stored.version
}

/** Stores content as a version in review; as activate. */
export async function proposeContent(tx: Query, proposal: Activation): Promise<number> {
  const { actor, reason, content, detail } = proposal
  const stored = await storeDraft(tx, proposal)
  const { environment, version } = await moveVersion(tx, stored.id, 'in_review')
  const before = await readActiveContent(tx, environment)
  await appendAudit(tx, {
    actor,
    action: 'baseline.proposed',
    subject: `${environment} version ${version}`,
    detail: { ...detail, reason, ...describeChange(before, content) },
  })
  await notifyChange(tx)
  return version
}

export type Approving = {
  readonly approver: string
  readonly reason: string
  readonly action: string
  readonly detail: { readonly [key: string]: JsonValue }
}

/**
 * Makes a draft or a version in review the active one and judges by it: alerts of what it holds become accepted, what it
 * does not hold opens or reopens. The caller holds the environment.
 */
export async function makeActive(
  tx: Query,
  stored: StoredVersion,
  { approver, reason, action, detail }: Approving,
): Promise<void> {
  const { environment, version, id } = stored
  const before = await readActiveContent(tx, environment)
  const content = await renameToday(tx, stored)
  await activateVersion(tx, { id, environment, approver })
  await writeActiveVersion(tx, environment, version)
  const acceptedBy = { actor: approver, reason }
  await judgeEnvironment(tx, { environment, version, acceptedBy, nowMs: Date.now() })
  await appendAudit(tx, {
    actor: approver,
    action,
    subject: `${environment} version ${version}`,
    detail: {
      ...{ ...detail, reason, author: stored.author, edges: content.entries.length },
      ...describeChange(before, content),
    },
  })
  await notifyChange(tx)
}

async function readActiveContent(tx: Query, environment: string): Promise<BaselineContent | null> {
  const active = await lockActiveVersion(tx, environment)
  return active === null ? null : readContent(tx, environment, active)
}

/** A version may be older than the names that people have given to nodes since. */
async function renameToday(tx: Query, stored: StoredVersion): Promise<BaselineContent> {
  const { environment, version, id } = stored
  const content = await readContent(tx, environment, version)
  if (!content) throw new Error('a baseline version that was held is gone')
  const ends = content.entries.flatMap(({ source, target }) => [source, target])
  const names = await readAliases(tx, ends)
  if (names.size === 0) return content
  const rename = (node: NodeKey) => names.get(nodeId(node)) ?? node
  const entries = content.entries.map((entry) => ({
    ...entry,
    ...{ source: rename(entry.source), target: rename(entry.target) },
  }))
  const renamed = { ...content, entries: [...new Map(entries.map((e) => [edgeId(e), e])).values()] }
  if (stored.state === 'in_review') await moveVersion(tx, id, 'draft')
  await deleteContent(tx, id)
  await insertContent(tx, id, renamed)
  return renamed
}
