// Names as they are shown. A name comes from a span, so it may hold control characters, text that runs
// the other way, invisible characters or a thousand letters; what is shown is bounded and honest.

/** Control, format, bidi-control, invisible and line-breaking characters: shown as the replacement character. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu
/** Spaces that look like another or like none: at an end, in a row, or of another width. */
const ODD_SPACES = /^ +| +$| {2,}|(?! )\p{Zs}/gu
const PILED_MARKS = /(\p{M}{2})\p{M}+/gu

/** A name as text for people: hidden characters are made visible, piled accents are cut. */
export function displayName(name: string): string {
  return name
    .replace(UNSAFE, '\ufffd')
    .replace(ODD_SPACES, (spaces) => '\u2423'.repeat(spaces.length))
    .replace(PILED_MARKS, '$1')
}

/** What a person wrote, on one line, with the same care. */
export function displayProse(text: string): string {
  return displayName(text.replace(/\s+/g, ' ').trim())
}

export type WrapOptions = { readonly lineCharsMax: number; readonly linesMax: number }

/**
 * Breaks a shown name into lines at its own joints (space - _ . / : @), else anywhere. What does not fit
 * is cut in the middle with an ellipsis, because names differ most at their two ends.
 */
export function wrapLabel(shown: string, { lineCharsMax, linesMax }: WrapOptions): string[] {
  const charsMax = lineCharsMax * linesMax - linesMax
  const chars = [...shown]
  const text = chars.length > charsMax ? cutMiddle(chars, charsMax) : shown
  const lines: string[] = []
  let line = ''
  for (const piece of pieces(text, lineCharsMax)) {
    if (line !== '' && length(line) + length(piece.trimEnd()) > lineCharsMax) {
      lines.push(line.trimEnd())
      line = ''
    }
    line += piece
  }
  if (line !== '') lines.push(line.trimEnd())
  if (lines.length <= linesMax) return lines
  return [...lines.slice(0, linesMax - 1), clip(lines.slice(linesMax - 1).join(''), lineCharsMax)]
}

function pieces(text: string, charsMax: number): string[] {
  const joints = text.match(/[^ \-_./:@]*[ \-_./:@]?/g) ?? []
  return joints.flatMap((joint) => {
    const chars = [...joint]
    const parts: string[] = []
    for (let at = 0; at < chars.length; at += charsMax)
      parts.push(chars.slice(at, at + charsMax).join(''))
    return parts
  })
}

function cutMiddle(chars: readonly string[], charsMax: number): string {
  const head = Math.ceil((charsMax - 1) / 2)
  const tail = charsMax - 1 - head
  return `${chars.slice(0, head).join('')}…${chars.slice(chars.length - tail).join('')}`
}

function clip(text: string, charsMax: number): string {
  const chars = [...text]
  return chars.length <= charsMax ? text : `${chars.slice(0, charsMax - 1).join('')}…`
}

function length(text: string): number {
  return [...text].length
}
