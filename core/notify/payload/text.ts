// Text of strangers, made ready for messages: on one line, well-formed, and no longer than fits. What is left out
// is counted; a cut never goes through a character, and is made before anything is escaped. However long a text
// is, only as much of it is worked on as can be shown.
import { displayProse } from '../../graph/label.ts'

/** Code points that no text may hold: XML and HTML refuse them. */
const NONCHARACTERS = /\p{Noncharacter_Code_Point}/gu

/**
 * On one line, hidden characters and marks that turn the direction made visible; at most charsMax UTF-16 units,
 * ending in `… (+N)` when N of them are left out.
 */
export function oneLine(text: string, charsMax: number): string {
  // A run of spaces may show as one; what is behind is counted, not looked at.
  const near = text.slice(0, charsMax * 2)
  const shown = displayProse(near.toWellFormed()).replace(NONCHARACTERS, '\ufffd')
  return cut(shown, { charsMax, beyond: text.length - near.length })
}

/** As it is, but well-formed; what is longer than charsMax UTF-16 units ends in `… (+N)`. */
export function shorten(text: string, charsMax: number): string {
  return cut(text, { charsMax, beyond: 0 })
}

type Cut = { readonly charsMax: number; readonly beyond: number }

/** beyond: how much follows that is not in `text`. */
function cut(text: string, { charsMax, beyond }: Cut): string {
  if (beyond === 0 && text.length <= charsMax) return text.toWellFormed()
  const total = text.length + beyond
  const room = Math.min(charsMax - leftOut(total).length, text.length)
  if (room < 0) return ''
  const isInPair = /^[\udc00-\udfff]/.test(text.slice(room, room + 1))
  const head = text.slice(0, isInPair && room > 0 ? room - 1 : room)
  return `${head.toWellFormed()}${leftOut(total - head.length)}`
}

function leftOut(chars: number): string {
  return `… (+${chars})`
}

/** Of well-formed text. */
export function utf8Bytes(text: string): number {
  let bytes = text.length
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    // Each half of a pair is a unit and two bytes.
    bytes += unit < 0x80 ? 0 : unit < 0x800 || (unit & 0xf800) === 0xd800 ? 1 : 2
  }
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
