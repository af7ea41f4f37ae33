// Changes of a text by offsets: where a parsed node ends, where its lines begin and end, and the edits applied.
import { isMap, isScalar, isSeq, type ParsedNode } from 'yaml'

/** Replaces the text from start to end (offsets, end not included). */
export type Edit = { readonly start: number; readonly end: number; readonly text: string }

/** Shapes: edits in any order, none overlapping; those of one place in the order given. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const pieces: string[] = []
  let at = 0
  for (const edit of edits.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    pieces.push(text.slice(at, edit.start), edit.text)
    at = Math.max(at, edit.end)
  }
  return pieces.join('') + text.slice(at)
}

export function startOfLine(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1
}

/** Offset of the line break that ends the line, or of the end of the text. */
export function endOfLine(text: string, offset: number): number {
  const end = text.indexOf('\n', offset)
  return end < 0 ? text.length : end
}

/** Where the last word of a node ends; comments and blank lines after it are not its own. */
export function lastOffset(text: string, node: ParsedNode): number {
  if (isScalar(node))
    return node.range[0] + text.slice(node.range[0], node.range[1]).trimEnd().length
  if ((!isMap(node) && !isSeq(node)) || node.flow === true) return node.range[1]
  const last = node.items.at(-1)
  if (last === undefined) return node.range[1]
  if (!isMap(node)) return lastOffset(text, last as ParsedNode)
  const { key, value } = last as { readonly key: ParsedNode; readonly value: ParsedNode | null }
  return lastOffset(text, value ?? key)
}
