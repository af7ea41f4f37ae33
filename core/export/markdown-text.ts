// Text of strangers in Markdown that a code host renders: nothing in it becomes markup, a link, a mention of a
// person or a picture that is fetched. Source: GitHub Flavored Markdown 0.29, and what hosts link beyond it.
import { displayProse } from '../graph/label.ts'

/** An invisible joint that keeps a host from making a link of what it stands in. */
const WORD_JOINER = '&#8288;'

/**
 * On one line: every sign that could mean something is an entity; mentions, references and addresses are broken.
 * Shapes: for the middle of a line, where a dash or a full stop inside a word means nothing.
 */
export function escapeMarkdown(text: string): string {
  return displayProse(text.toWellFormed())
    .replace(/www(?=\.)/gi, (sign) => `${sign}\u2060`)
    .replace(/[^\p{L}\p{N}\p{M} ,;?/()“”’…-]/gu, escapeSign)
    .replace(/(?<![\p{L}\p{N}])-|\u2060/gu, escapeSign)
}

function escapeSign(sign: string, at: number, text: string): string {
  if (sign === '.' && /[\p{L}\p{N})]/u.test(text[at - 1] ?? '')) return sign
  const entity = `&#${sign.codePointAt(0)};`
  return /[!#$%&:@~]/.test(sign) && /\S/.test(text[at + 1] ?? '') ? entity + WORD_JOINER : entity
}
