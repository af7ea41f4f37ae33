// Words for sentences about edges. Names and notes come from spans and people: each is bounded, its
// hidden characters are shown, and what could be read as words of ours stands in quotes.
import { displayName, displayProse } from '../graph/label.ts'
import type { NodeKey } from '../graph/node.ts'

const NAME_CHARS_MAX = 80
const LISTED_MAX = 3
/** One word, begun by a letter or digit, without signs that end or quote a part of a sentence. */
const PLAIN = /^[\p{L}\p{N}](:(?!$)|[^\s,;:!?"'()«»‹›“”„‟‘’‚‛\ufffd\u2423])*$/u
/** Scripts that run from right to left could reorder the words around them. */
const RIGHT_TO_LEFT =
  /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u

/** A name as it stands in a sentence: a single plain word as it is, anything else in quotes. */
export function nameOf(node: NodeKey): string {
  if (node.kind === 'user') return 'a user'
  // Every space counts: ` web` is not `web`.
  const written = node.namespace ? `${node.namespace}/${node.name}` : node.name
  const name = bound(written, displayName)
  return PLAIN.test(name) && !RIGHT_TO_LEFT.test(name) ? name : inQuotes(name)
}

/** The same at the start of a sentence. */
export function startName(node: NodeKey): string {
  return node.kind === 'user' ? 'A user' : nameOf(node)
}

/** Text of others: in quotes, on one line, bounded; quotes inside become plain ones. */
export function quote(text: string): string {
  return inQuotes(bound(text, displayProse))
}

function inQuotes(shown: string): string {
  return `“${shown.replace(/[“”„‟]/g, "'")}”`
}

/** The first few, and how many more there are. total: of all, where items are bounded already. */
export function listOf(items: readonly string[], total = items.length): string {
  const listed = items.slice(0, LISTED_MAX)
  const more = total - listed.length
  if (more > 0) return `${listed.join(', ')} and ${more} more`
  const last = listed.at(-1) ?? ''
  return listed.length < 2 ? last : `${listed.slice(0, -1).join(', ')} and ${last}`
}

export function countOf(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`
}

/** UTC, to the minute. */
export function timeOf(ms: number): string {
  const date = new Date(ms)
  if (Number.isNaN(date.getTime())) return 'an unknown time'
  return `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

/** In the middle, because names differ most at their two ends. */
function bound(text: string, show: (text: string) => string): string {
  // Of a name of megabytes only the ends are looked at.
  const near = text.length > 1000 ? `${text.slice(0, 500)}${text.slice(-500)}` : text
  const chars = [...show(near.toWellFormed())]
  if (chars.length <= NAME_CHARS_MAX) return chars.join('')
  const half = NAME_CHARS_MAX / 2
  return [...chars.slice(0, half), '…', ...chars.slice(1 - half)].join('')
}
