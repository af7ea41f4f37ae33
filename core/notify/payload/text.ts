// Text of strangers, made ready for messages: on one line, well-formed, and no longer than fits. What is left out
// is counted; a cut never goes through a character, and is made before anything is escaped.
import { displayProse } from '../../graph/label.ts'

/** How much of a limit one character (code point) takes where it will stand. */
type SizeOf = (char: string) => number

const inUnits: SizeOf = (char) => char.length
export const inUtf8: SizeOf = (char) => {
  const point = char.codePointAt(0) ?? 0
  return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4
}

/** On one line; hidden characters, marks that turn the direction and lone surrogates are made visible. */
export function plain(text: string): string {
  return displayProse(text.toWellFormed())
}

/** At most sizeMax; what is longer ends in `… (+N)`, N being the characters left out. */
export function shorten(text: string, sizeMax: number, sizeOf: SizeOf = inUnits): string {
  const chars = [...text.toWellFormed()]
  if (sizeIn(chars, sizeOf) <= sizeMax) return chars.join('')
  const room = sizeMax - sizeIn([...leftOut(chars.length)], sizeOf)
  let size = 0
  let kept = 0
  while (size + sizeOf(chars[kept]!) <= room) size += sizeOf(chars[kept++]!)
  return room < 0 ? '' : `${chars.slice(0, kept).join('')}${leftOut(chars.length - kept)}`
}

export function utf8Bytes(text: string): number {
  return sizeIn([...text], inUtf8)
}

/** An invisible joint. */
const WORD_JOINER = '\u2060'

/**
 * For programs that make a link of whatever looks like an address: it reads the same and is none. Line by line,
 * after shortening.
 */
export function unlinked(text: string): string {
  return text.replace(
    /(?<=\S)(?:@|\.(?=\D))(?=\S)|(?<=\p{L}):(?=\S)/gu,
    (sign) => sign + WORD_JOINER,
  )
}

/** RFC 3339, UTC, to the millisecond; of a time that is none, the epoch. */
export function isoOf(ms: number): string {
  const date = new Date(ms)
  return (Number.isNaN(date.getTime()) ? new Date(0) : date).toISOString()
}

function sizeIn(chars: readonly string[], sizeOf: SizeOf): number {
  return chars.reduce((sum, char) => sum + sizeOf(char), 0)
}

function leftOut(chars: number): string {
  return `… (+${chars})`
}
