// Tags as people give them: they win over what resources state, tag by tag. A change holds every environment, because
// rules and paths of any may rest on it, judges by it and is audited.
import { createHash } from 'node:crypto'
import type { Tags } from '../core/baseline/content.ts'
import type { NodeKey } from '../core/graph/node.ts'
import { normalTag, TAG_NAMES, tagsFrom } from '../core/graph/tags.ts'
import { appendAudit } from './audit.ts'
import { listSourcesInto } from './edge-reads.ts'
import { listEnvironments, lockActiveVersion, noteTagChange } from './environments.ts'
import { notifyChange } from './events.ts'
import { StorageError } from './failure.ts'
import { judgeEnvironment } from './judge.ts'
import { readSaid, readTagsOf, replaceSaid, type SaidTags } from './node-tags.ts'
import type { Query, Sql } from './sql.ts'

const TEXT_CHARS_MAX = 256
const CLASSES_MAX = 16
const CLASS_CHARS_MAX = 64

export type NodeTags = {
  /** As rules see them. */
  readonly tags: Tags
  /** What people said; a tag that is left out is as resources state it. */
  readonly said: Partial<Tags>
  /** Another for other `said`; 0 when nothing was said. */
  readonly revision: number
}

export async function readNodeTags(sql: Query, node: NodeKey): Promise<NodeTags> {
  const said = await readSaid(sql, node)
  return { tags: await readTagsOf(sql, node), said: partOf(said), revision: revisionOf(said) }
}

export type TagChange = {
  readonly node: NodeKey
  /** In place of what was said. A tag that is left out is as resources state it; '' and [] say that there is none. */
  readonly tags: Partial<Tags>
  /** NodeTags.revision as it was looked at; null: whatever it is. */
  readonly expectedRevision: number | null
}

export type Tagging = {
  /** At least one. */
  readonly changes: readonly TagChange[]
  /** A user's e-mail address. */
  readonly actor: string
  readonly reason: string
}

/**
 * Says what nodes are, which need not have been seen. Returns what holds then, in the order of the changes. Errors:
 * StorageError ENVIRONMENT_UNKNOWN, NODE_TAGS_INVALID, REVISION_STALE.
 */
export async function writeTags(sql: Sql, tagging: Tagging): Promise<readonly NodeTags[]> {
  const { changes, actor, reason } = tagging
  const prepared = changes.map(({ tags, ...rest }) => ({ ...rest, said: textsOf(tags) }))
  return sql.begin(async (tx) => {
    const versions = new Map<string, number>()
    for (const name of await listEnvironments(tx)) {
      const version = await lockActiveVersion(tx, name)
      if (version !== null) versions.set(name, version)
    }
    const before: SaidTags[] = []
    for (const { node, said, expectedRevision } of prepared) {
      await lockActiveVersion(tx, node.environment)
      const former = await readSaid(tx, node)
      if (expectedRevision !== null && expectedRevision !== revisionOf(former)) throw stale()
      await replaceSaid(tx, node, said)
      before.push(former)
    }
    await judgeAgain(tx, versions, [...new Set(changes.map(({ node }) => node.environment))])
    for (const [place, { node, said }] of prepared.entries()) {
      const { environment, kind, namespace, name } = node
      const subject = `${environment} ${kind} ${namespace === '' ? name : `${namespace}/${name}`}`
      const detail = { before: before[place] ?? {}, after: said, reason }
      await appendAudit(tx, { actor, action: 'node.tagged', subject, detail })
    }
    await notifyChange(tx)
    const after: NodeTags[] = []
    for (const { node } of changes) after.push(await readNodeTags(tx, node))
    return after
  })
}

function stale(): StorageError {
  const text = 'The tags have been changed since they were read; read them again.'
  return new StorageError('REVISION_STALE', text)
}

async function judgeAgain(
  tx: Query,
  versions: ReadonlyMap<string, number>,
  changed: readonly string[],
): Promise<void> {
  await noteTagChange(tx, changed)
  const concerned = new Set([...changed, ...(await listSourcesInto(tx, changed))])
  for (const [environment, version] of versions)
    if (concerned.has(environment))
      await judgeEnvironment(tx, { environment, version, nowMs: Date.now(), acceptedBy: null })
}

function textsOf(tags: Partial<Tags>): SaidTags {
  const said: { -readonly [tag in keyof SaidTags]: string } = {}
  for (const tag of TAG_NAMES) {
    const value = tags[tag]
    if (value === undefined) continue
    const texts = typeof value === 'string' ? [value] : value
    const charsMax = typeof value === 'string' ? TEXT_CHARS_MAX : CLASS_CHARS_MAX
    if (texts.length > CLASSES_MAX || texts.some((text) => text.length > charsMax))
      throw invalid('A tag has at most 256 characters, a node at most 16 classes of data of 64.')
    if (texts.some((text) => !text.isWellFormed() || text.includes('\0')))
      throw invalid('A tag has signs that cannot be stored.')
    if (typeof value !== 'string' && texts.some((text) => text.includes(',')))
      throw invalid('A class of data has no comma in it.')
    said[tag] = normalTag(tag, texts.join(','))
  }
  return said
}

function invalid(text: string): StorageError {
  return new StorageError('NODE_TAGS_INVALID', text)
}

function partOf(said: SaidTags): Partial<Tags> {
  const all = tagsFrom(TAG_NAMES.map((tag) => ({ tag, value: said[tag] ?? '' })))
  return Object.fromEntries(
    TAG_NAMES.filter((tag) => said[tag] !== undefined).map((tag) => [tag, all[tag]]),
  )
}

function revisionOf(said: SaidTags): number {
  const tags = TAG_NAMES.filter((tag) => said[tag] !== undefined)
  if (tags.length === 0) return 0
  const text = JSON.stringify(tags.map((tag) => [tag, said[tag]]))
  return 1 + (createHash('sha256').update(text).digest().readUInt32BE() >>> 2)
}
