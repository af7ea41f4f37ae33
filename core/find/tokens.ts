// Text of the find language cut into tokens, each with its place. Never fails: what cannot be a token is one of
// type 'bad', and the parser says so. One pass, no backtracking.

export type TokenType =
  | 'word'
  | 'string'
  | 'compare'
  | 'and'
  | 'or'
  | 'not'
  | '('
  | ')'
  | ','
  | 'bad'
  | 'end'

export type Token = {
  readonly type: TokenType
  /** A string without its quotes; an operator in its one spelling; else as written. */
  readonly text: string
  /** [from, to) in the text, in UTF-16 units. */
  readonly from: number
  readonly to: number
}

/** Kiali's spellings lead to ours. */
const OPERATORS: { readonly [spelling: string]: string } = {
  ...{ '==': '=', '*=': '~', '!*=': '!~' },
  ...Object.fromEntries(
    ['=', '!=', '<', '<=', '>', '>=', '~', '!~', '^=', '!^=', '$=', '!$='].map((o) => [o, o]),
  ),
}
const SPACE = /\s+/y
const OPERATOR = /![*^$]=|==|[!<>*^$]=|!~|[=<>~]/y
const SIGN = /\|\|?|&&?|[!(),]/y
const STRING = /"(?:[^"\\]|\\[\s\S])*"/y
/** Up to a space, a sign or an operator; `*`, `^` and `$` are letters unless `=` follows. */
const WORD = /(?:[^\s()",!<>=~|&*^$]|[*^$](?!=))+/y
const SIGNS: { readonly [sign: string]: TokenType } = {
  ...{ '|': 'or', '||': 'or', '&': 'and', '&&': 'and', '!': 'not' },
  ...{ '(': '(', ')': ')', ',': ',' },
}
const RESERVED: { readonly [word: string]: TokenType } = { and: 'and', or: 'or', not: 'not' }

/** The tokens in order; the last is 'end', at the end of the text. */
export function readTokens(text: string): readonly Token[] {
  const tokens: Token[] = []
  let at = 0
  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = at
    return pattern.exec(text)?.[0] ?? null
  }
  const add = (type: TokenType, length: number, shown = text.slice(at, at + length)) => {
    tokens.push({ type, text: shown, from: at, to: at + length })
    at += length
  }
  while (at < text.length) {
    const space = take(SPACE)
    if (space !== null) {
      at += space.length
      continue
    }
    const operator = take(OPERATOR)
    const sign = operator === null ? take(SIGN) : null
    const quoted = take(STRING)
    const word = take(WORD)
    if (operator !== null) add('compare', operator.length, OPERATORS[operator])
    else if (sign !== null) add(SIGNS[sign] ?? 'bad', sign.length)
    else if (quoted !== null) add('string', quoted.length, unquote(quoted))
    else if (word !== null)
      add(
        Object.hasOwn(RESERVED, word.toLowerCase())
          ? (RESERVED[word.toLowerCase()] ?? 'word')
          : 'word',
        word.length,
      )
    // A quote that nothing closes: all the rest.
    else add('bad', text.length - at)
  }
  add('end', 0)
  return tokens
}

function unquote(quoted: string): string {
  return quoted.slice(1, -1).replace(/\\([\s\S])/g, '$1')
}

/** As a value is written: bare where that cannot be mistaken, else in quotes. */
export function quote(text: string): string {
  if (/^[\p{L}\p{N}_*][\p{L}\p{N}_./:*@-]*$/u.test(text) && !KEYWORDS.has(text.toLowerCase()))
    return text
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}

/** Words that stand for an operator, by what they mean. */
export const WORD_OPERATORS: { readonly [word: string]: '~' | '^=' | '$=' } = {
  contains: '~',
  startswith: '^=',
  endswith: '$=',
}
/** For what is not there. */
export const NONE = 'none'
const KEYWORDS: ReadonlySet<string> = new Set([
  ...['and', 'or', 'not', 'has', 'is', NONE, 'nan'],
  ...Object.keys(WORD_OPERATORS),
])
