// A former text -> the same text with only those places changed where the content differs: fields are replaced,
// added and removed on their own lines, items as a whole; every other byte stays. Works on offsets of the parsed
// nodes, because printing the parsed document anew would lay out everything anew.
import { isMap, isSeq, type ParsedNode, type YAMLMap } from 'yaml'
import type { BaselineContent } from '../content.ts'
import { type Item, itemsOf, LISTS, type ListName } from './fields.ts'
import { parseBaselineFile } from './parse.ts'
import { pairOf, readYaml } from './read-yaml.ts'
import { applyEdits, type Edit, endOfLine, lastOffset, startOfLine } from './text-edits.ts'
import { definedFields, writeField, writeItem, writeText } from './yaml-text.ts'

/** Null when the former text is no baseline file, or laid out so that it is better printed anew. */
export function reviseText(formerText: string, content: BaselineContent): string | null {
  const isWindows = formerText.includes('\r\n')
  const text = isWindows ? formerText.replaceAll('\r\n', '\n') : formerText
  const former = parseBaselineFile(text)
  const root = readYaml(text).document.contents
  if (!former.ok || !isMap(root) || root.flow === true) return null
  const edits = [...reviseEnvironment(text, root, former.content, content)]
  const before = itemsOf(former.content)
  const after = itemsOf(content)
  for (const list of LISTS)
    edits.push(...reviseList({ text, root, list, before: before[list], after: after[list] }))
  const revised = applyEdits(text, edits)
  return isWindows ? revised.replaceAll('\n', '\r\n') : revised
}

function reviseEnvironment(
  text: string,
  root: YAMLMap,
  before: BaselineContent,
  after: BaselineContent,
): readonly Edit[] {
  const node = pairOf(root, 'environment')?.value
  if (!node || before.environment === after.environment) return []
  return [{ start: node.range[0], end: lastOffset(text, node), text: writeText(after.environment) }]
}

type ListChange = {
  readonly text: string
  readonly root: YAMLMap
  readonly list: ListName
  readonly before: readonly Item[]
  readonly after: readonly Item[]
}

function reviseList(change: ListChange): readonly Edit[] {
  const { text, root, list, before, after } = change
  const pair = pairOf(root, list)
  const isSame = JSON.stringify(before) === JSON.stringify(after)
  if (isSame || (before.length === 0 && after.length === 0)) return []
  const lines = (indent: number) =>
    after.map(({ fields }) => `\n${writeItem(fields, indent)}`).join('')
  if (!pair) {
    const end = endOfLine(text, lastOffset(text, root as ParsedNode))
    return [{ start: end, end, text: `\n\n${list}:${lines(2)}` }]
  }
  const { key, value } = pair
  if (isSeq(value) && value.flow !== true && before.length > 0) return reviseItems(change, value)
  // Empty, or a list in one line: what stands after the colon goes, the items come below.
  const below = (at: number): Edit => ({ start: at, end: at, text: lines(2) })
  if (!isSeq(value)) return [below(endOfLine(text, key.range[1]))]
  const end = lastOffset(text, value)
  const start = text.slice(0, value.range[0]).trimEnd().length
  return [{ start, end, text: '' }, below(endOfLine(text, end))]
}

type Block = {
  /** Offset of the line of its dash, and of the end of its last line. */
  readonly start: number
  readonly end: number
  readonly node: ParsedNode
}

function reviseItems({ text, before, after }: ListChange, seq: ParsedNode): readonly Edit[] {
  const indent = seq.range[0] - startOfLine(text, seq.range[0])
  const nodes = isSeq(seq) ? (seq.items as ParsedNode[]) : []
  const blocks = nodes.map((node) => blockOf(text, node, indent))
  const places = new Map(before.map(({ key }, at) => [key, at]))
  const kept = new Set(after.map(({ key }) => key))
  const edits: Edit[] = []
  for (const [at, { key }] of before.entries())
    if (!kept.has(key)) edits.push(removal(text, blocks, at))
  const isSpaced =
    blocks[1] !== undefined && /\n[ \t]*\n/.test(text.slice(blocks[0]!.end, blocks[1].start))
  const gap = isSpaced ? '\n\n' : '\n'
  let previous = -1
  for (const { key, fields } of after) {
    const at = places.get(key)
    if (at !== undefined) {
      previous = at
      edits.push(...reviseItem(text, blocks[at]!.node, before[at]!, { key, fields }))
      continue
    }
    const written = writeItem(fields, indent)
    const first = previous < 0 ? withComments(text, blocks[0]!.start) : 0
    const end = previous < 0 ? first : blocks[previous]!.end
    edits.push({ start: end, end, text: previous < 0 ? `${written}${gap}` : `${gap}${written}` })
  }
  return edits
}

function blockOf(text: string, node: ParsedNode, indent: number): Block {
  let start = startOfLine(text, node.range[0])
  // The dash may stand on a line of its own, above its item.
  while (text[start + indent] !== '-' || text.slice(start, start + indent).trim() !== '') {
    if (start === 0) break
    start = startOfLine(text, start - 1)
  }
  return { start, end: endOfLine(text, lastOffset(text, node)), node }
}

/** Goes with the comment directly above it, but the first item's: that may speak of the list. */
function removal(text: string, blocks: readonly Block[], at: number): Edit {
  const { start, end } = blocks[at]!
  const from = at === 0 ? start : withComments(text, start)
  const isAfterBlank = at > 0 && text[from - 1] === '\n' && text[from - 2] === '\n'
  return { start: isAfterBlank ? from - 1 : from, end: Math.min(end + 1, text.length), text: '' }
}

/** Start of the comment lines directly above a line. */
function withComments(text: string, start: number): number {
  let from = start
  while (from > 0) {
    const above = startOfLine(text, from - 1)
    if (!text.slice(above, from).trimStart().startsWith('#')) break
    from = above
  }
  return from
}

function reviseItem(text: string, node: ParsedNode, before: Item, after: Item): readonly Edit[] {
  if (JSON.stringify(before.fields) === JSON.stringify(after.fields)) return []
  if (!isMap(node)) return []
  const indent = node.range[0] - startOfLine(text, node.range[0])
  if (node.flow === true) {
    const written = writeItem(after.fields, indent - 2)
      .trimStart()
      .slice(2)
    return [{ start: node.range[0], end: lastOffset(text, node), text: written }]
  }
  return [
    ...removedFields(text, node, before, after),
    ...writtenFields({ text, node, before, after, indent }),
  ]
}

function removedFields(text: string, node: YAMLMap, before: Item, after: Item): readonly Edit[] {
  return definedFields(before.fields).flatMap(([field]) => {
    const pair = pairOf(node, field)
    if (!pair || after.fields[field] !== undefined) return []
    const place = node.items.findIndex(({ key }) => key === pair.key)
    const next = node.items[place + 1]?.key as ParsedNode | undefined
    if (place === 0 && next) return [{ start: pair.key.range[0], end: next.range[0], text: '' }]
    const end = endOfLine(text, lastOffset(text, pair.value ?? pair.key))
    const start = startOfLine(text, pair.key.range[0])
    return [{ start: Math.max(start - 1, 0), end, text: '' }]
  })
}

type ItemChange = {
  readonly text: string
  readonly node: YAMLMap
  readonly before: Item
  readonly after: Item
  readonly indent: number
}

/** Each new field stands after the one that comes before it in our order. */
function writtenFields({ text, node, before, after, indent }: ItemChange): readonly Edit[] {
  const edits: Edit[] = []
  let end = 0
  for (const [field, value] of definedFields(after.fields)) {
    const pair = pairOf(node, field)
    const written = writeField(field, value, indent)
    if (!pair) {
      edits.push({ start: end, end, text: `\n${' '.repeat(indent)}${written}` })
      continue
    }
    const last = lastOffset(text, pair.value ?? pair.key)
    end = endOfLine(text, last)
    if (JSON.stringify(before.fields[field]) !== JSON.stringify(value))
      edits.push({ start: pair.key.range[0], end: last, text: written })
  }
  return edits
}
