// Text of strangers, made ready for messages: on one line, well-formed, and no longer than fits. What is left out
// is counted; a cut never goes through a character, and is made before anything is escaped. However long a text
// is, only as much of it is worked on as can be shown.
import { displayProse } from '../../graph/label.ts'

/** How much of a limit one character (code point) takes where it will stand; at least 1. */
type SizeOf = (char: string) => number

const inUnits: SizeOf = (char) => char.length
const inUtf8: SizeOf = (char) => {
  const point = char.codePointAt(0) ?? 0
  return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4
}

/** Code points that no text may hold: XML and HTML refuse them. */
const NONCHARACTERS = /\p{Noncharacter_Code_Point}/gu

/**
 * On one line, hidden characters and marks that turn the direction made visible; at most sizeMax, ending in
 * `… (+N)` when N characters are left out.
 */
export function oneLine(text: string, sizeMax: number, sizeOf: SizeOf = inUnits): string {
  // A run of spaces may show as one; what is behind is counted, not looked at.
  const near = text.slice(0, sizeMax * 2 + 2)
  const shown = displayProse(near.toWellFormed()).replace(NONCHARACTERS, '\ufffd')
  return cut(shown, { sizeMax, sizeOf, beyond: text.length - near.length })
}

/** As it is, but well-formed, and at most sizeMax; what is longer ends in `… (+N)`. */
export function shorten(text: string, sizeMax: number, sizeOf: SizeOf = inUnits): string {
  return cut(text, { sizeMax, sizeOf, beyond: 0 })
}

type Cut = { readonly sizeMax: number; readonly sizeOf: SizeOf; readonly beyond: number }

/** beyond: what follows and is not in `text`; like all that is too far behind to be shown, counted in UTF-16 units. */
function cut(text: string, { sizeMax, sizeOf, beyond }: Cut): string {
  const isShort = beyond === 0 && text.length <= sizeMax
  if (isShort && sizeOf === inUnits) return text.toWellFormed()
  // No more characters than sizeMax can fit, each of two units at most.
  const near = text.slice(0, sizeMax * 2 + 2)
  const chars = [...near.toWellFormed()]
  const rest = text.length - near.length + beyond
  if (rest === 0 && sizeIn(chars, sizeOf) <= sizeMax) return chars.join('')
  const total = chars.length + rest
  const room = sizeMax - sizeIn([...leftOut(total)], sizeOf)
  if (room < 0) return ''
  let size = 0
  let kept = 0
  while (kept < chars.length && size + sizeOf(chars[kept]!) <= room) size += sizeOf(chars[kept++]!)
  return `${chars.slice(0, kept).join('')}${leftOut(total - kept)}`
}

function leftOut(chars: number): string {
  return `… (+${chars})`
}

function sizeIn(chars: readonly string[], sizeOf: SizeOf): number {
  return chars.reduce((sum, char) => sum + sizeOf(char), 0)
}

export function utf8Bytes(text: string): number {
  let bytes = 0
  for (const char of text) bytes += inUtf8(char)
  return bytes
}

/** An invisible joint. */
const WORD_JOINER = '\u2060'
const ADDRESS_SIGNS = /(?<=\S)(?:@|\.(?=\D))(?=\S)|(?<=\p{L}):(?=\S)/gu

/**
 * For programs that make a link of whatever looks like an address: it reads the same and is none. After
 * shortening.
 */
export function unlinked(text: string): string {
  return text.replace(ADDRESS_SIGNS, (sign) => sign + WORD_JOINER)
}

/** `{{`, which cards fill in, broken by an invisible joint. */
export function unfilled(text: string): string {
  return text.replace(/\{(?=\{)/g, (sign) => sign + WORD_JOINER)
}

/** RFC 3339, UTC, to the millisecond; of a time that is none, the epoch. */
export function isoOf(ms: number): string {
  const date = new Date(ms)
  return (Number.isNaN(date.getTime()) ? new Date(0) : date).toISOString()
}
