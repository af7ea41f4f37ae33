// Any two of a version, a live window and a content, side by side.
import { type Comparison, compareBaselines } from '../core/baseline/compare.ts'
import type { BaselineContent } from '../core/baseline/content.ts'
import { learnBaseline } from '../core/baseline/learn.ts'
import { requireVersionContent } from './baseline-drafts.ts'
import { readActiveVersion } from './baselines.ts'
import { StorageError } from './failure.ts'
import { readTags } from './node-tags.ts'
import type { Query, Sql } from './sql.ts'
import { readEvidence } from './window-evidence.ts'

/** One side of a comparison. */
export type ComparedSide =
  | { readonly side: 'version'; readonly environment: string; readonly version: number }
  /** The active version of an environment. */
  | { readonly side: 'active'; readonly environment: string }
  /** What was seen: its edges alone are compared. */
  | {
      readonly side: 'window'
      readonly environment: string
      readonly fromMs: number
      readonly toMs: number
    }
  /** For example of a file. */
  | { readonly side: 'content'; readonly content: BaselineContent }

/** What makes `right` of `left`, all of one moment. Errors: StorageError BASELINE_UNKNOWN. */
export async function compareSides(
  sql: Sql,
  left: ComparedSide,
  right: ComparedSide,
): Promise<Comparison> {
  const isSeen = [left, right].some(({ side }) => side === 'window')
  return sql.begin('isolation level repeatable read read only', async (tx) => {
    const [from, to] = [await readSide(tx, left), await readSide(tx, right)]
    return compareBaselines(from, to, isSeen ? 'edges' : 'everything')
  })
}

/** What a side holds, with what is said of nodes now. Errors: StorageError BASELINE_UNKNOWN. */
export async function readSide(tx: Query, compared: ComparedSide): Promise<BaselineContent> {
  if (compared.side === 'content') return compared.content
  const { environment } = compared
  if (compared.side === 'window') {
    const window = { environment, fromMs: compared.fromMs, toMs: compared.toMs }
    const pins = { protocols: false, operations: false, ports: false }
    return learnBaseline(await readEvidence(tx, window), { environment, window, pins })
  }
  const version =
    compared.side === 'version' ? compared.version : await requireActive(tx, environment)
  const content = await requireVersionContent(tx, environment, version)
  return { ...content, nodes: await readTags(tx, [environment]) }
}

async function requireActive(tx: Query, environment: string): Promise<number> {
  const version = await readActiveVersion(tx, environment)
  if (version !== null) return version
  throw new StorageError('BASELINE_UNKNOWN', 'This environment has no active baseline yet.')
}
