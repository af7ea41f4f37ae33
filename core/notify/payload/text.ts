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

/** Of a text that is longer, the rest is counted and not looked at. */
const LOOKED_AT_MAX = 10_000

/**
 * On one line, hidden characters and marks that turn the direction made visible; at most sizeMax, ending in
 * `… (+N)` when N characters are left out.
 */
export function oneLine(text: string, sizeMax: number, sizeOf: SizeOf = inUnits): string {
  const near = text.slice(0, LOOKED_AT_MAX)
  const shown = displayProse(near.toWellFormed())
  return cut(shown, { sizeMax, sizeOf, beyond: countChars(text) - countChars(near) })
}

/** As it is, but well-formed, and at most sizeMax; what is longer ends in `… (+N)`. */
export function shorten(text: string, sizeMax: number, sizeOf: SizeOf = inUnits): string {
  return cut(text, { sizeMax, sizeOf, beyond: 0 })
}

/** beyond: characters that follow and are not in `text`. */
function cut(
  text: string,
  {
    sizeMax,
    sizeOf,
    beyond,
  }: { readonly sizeMax: number; readonly sizeOf: SizeOf; readonly beyond: number },
): string {
  // No more characters than sizeMax can fit, each of two units at most.
  const near = text.slice(0, sizeMax * 2 + 2)
  const chars = [...near.toWellFormed()]
  if (near.length === text.length && beyond === 0 && sizeIn(chars, sizeOf) <= sizeMax)
    return chars.join('')
  const total = countChars(text) + beyond
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

function countChars(text: string): number {
  let pairs = 0
  for (let at = 1; at < text.length; at++) if (isPair(text, at)) pairs++
  return text.length - pairs
}

function isPair(text: string, at: number): boolean {
  const [high, low] = [text.charCodeAt(at - 1), text.charCodeAt(at)]
  return (high & 0xfc00) === 0xd800 && (low & 0xfc00) === 0xdc00
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
