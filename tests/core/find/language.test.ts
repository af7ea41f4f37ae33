// The grammar of find and hide: what each form means, what is said of a mistake, and that printing and parsing
// undo each other.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FIND_EXAMPLES } from '../../../core/find/examples.ts'
import { findOperand, OPERAND_NAMES, operandOf } from '../../../core/find/operands.ts'
import { FIND_CHARS_MAX, parseFind } from '../../../core/find/parse.ts'
import { printQuery } from '../../../core/find/query.ts'
import { anyQuery } from './graphs.ts'

/** The query in its one printed form, or where and how it is wrong. */
function read(text: string): string {
  const parsed = parseFind(text)
  if (parsed.ok) return parsed.query === null ? '' : printQuery(parsed.query)
  const { from, to, message } = parsed.problem
  return `${from}-${to}: ${message}`
}

test.each([
  ['', ''],
  ['  ', ''],
  ['cart', 'cart'],
  ['web cart', 'web and cart'],
  ['a or b c', 'a or (b and c)'],
  ['(a or b) c', '(a or b) and c'],
  ['a | b & !c', 'a or (b and not c)'],
  ['NOT (a OR b)', 'not (a or b)'],
  ['"two words" "or"', '"two words" and "or"'],
  ['"a \\" b \\\\"', '"a \\" b \\\\"'],
  ['NEW', 'new'],
  ['"new"', '"new"'],
  ['is new', 'new'],
  ['!new', 'not new'],
  ['is old', '"is" and old'],
  ['has owner', 'owner != none'],
  ['has errors', 'errors > 0'],
  ['ns=shop', 'namespace = shop'],
  ['kind != user', 'kind != user'],
  ['not kind = user', 'kind != user'],
  ['name contains pay', 'name ~ pay'],
  ['name *= pay', 'name ~ pay'],
  ['name!*=pay', 'name !~ pay'],
  ['name not contains pay', 'name !~ pay'],
  ['name ^= pay', 'name ^= pay'],
  ['name startswith pay', 'name ^= pay'],
  ['name not endswith "a b"', 'name !$= "a b"'],
  ['name = *db*', 'name = *db*'],
  ['contains owner', '"contains" and "owner"'],
  ['rt>500', 'p95 > 500ms'],
  ['p95 >= 1.5s', 'p95 >= 1500ms'],
  ['p95 = NaN', 'p95 = none'],
  ['calls > 1.5k', 'calls > 1500'],
  ['%error >= 5%', '%error >= 5'],
  ['firstseen < 24h', 'firstseen < 1d'],
  ['source.kind = user target.new', 'source.kind = user and target.new'],
  ['path(web, kind = database)', 'path(web, kind = database)'],
  ['REACH(a or b) reachedby (c)', 'reach(a or b) and "reachedby" and c'],
])('%j is read as %j', (text, expected) => {
  expect(read(text)).toBe(expected)
  expect(read(expected)).toBe(expected)
})

test.each([
  ['(a', '2-2: Expected a closing parenthesis; found the end.'],
  ['a)', '1-2: Expected “and”, “or” or the end; found “)”.'],
  ['a and', '5-5: Expected a name, a condition or “(”; found the end.'],
  ['or a', '0-2: Expected a name, a condition or “(”; found “or”.'],
  [
    'colour = red',
    '0-6: Expected an operand before the operator (“kind”, “owner”, “calls” …); found “colour”.',
  ],
  [
    'kind = pod',
    '7-10: Expected one of service, database, messaging, external, user; found “pod”.',
  ],
  ['kind > user', '5-6: Expected “=”, “!=” or “~”: “kind” is text; found “>”.'],
  ['calls ~ 5', '6-7: Expected “=”, “!=”, “<”, “<=”, “>” or “>=”: “calls” is a number; found “~”.'],
  ['calls > many', '8-12: Expected a number such as 100 or 1.5k; found “many”.'],
  ['p95 >', '5-5: Expected a time such as 250ms, 2s or 250 (ms); found the end.'],
  ['firstseen < 24', '12-14: Expected an age such as 30m, 24h or 7d; found “24”.'],
  ['new = yes', '4-5: Expected no operator: “new” is said alone, or with “not”; found “=”.'],
  [
    'source.calls > 5',
    '0-12: Expected an operand before the operator (“kind”, “owner”, “calls” …); found “source.calls”.',
  ],
  ['path(a)', '6-7: Expected a comma and another name: path takes 2; found “)”.'],
  ['reach(a, b)', '7-8: Expected a closing parenthesis; found “,”.'],
  ['a "b', '2-4: Expected a closing quote.'],
  ['owner > none', '6-7: Expected “=”, “!=” or “~”: “owner” is text; found “>”.'],
  ['p95 > none', '4-5: Expected “=” or “!=” before none; found “>”.'],
])('%j is refused at its place', (text, expected) => {
  expect(read(text)).toBe(expected)
})

test('what is printed parses to the same query', () => {
  fc.assert(
    fc.property(anyQuery(true), (query) => {
      const parsed = parseFind(printQuery(query))
      if (!parsed.ok && printQuery(query).length > FIND_CHARS_MAX) return
      expect(parsed).toEqual({ ok: true, query })
    }),
    { numRuns: 500 },
  )
})

test('no word names two operands, and each is found by all its words', () => {
  const words = OPERAND_NAMES.flatMap((name) => [name, ...operandOf(name).aliases])
  expect(new Set(words).size).toBe(words.length)
  for (const name of OPERAND_NAMES)
    for (const word of [name, ...operandOf(name).aliases])
      expect(findOperand(word.toUpperCase())).toEqual({ name, end: 'self' })
  expect(findOperand('constructor')).toBeNull()
})

test('every example parses', () => {
  for (const { query } of FIND_EXAMPLES) expect(parseFind(query)).toMatchObject({ ok: true })
})

const PIECES = [
  ...['(', ')', '"', '\\', '!', '=', '*=', 'not ', 'and ', ' or ', ' ', ',', 'path(', 'kind'],
  ...['calls', '>', '5', 'ms', 'new', 'source.', 'is ', 'contains ', '%', '$', '^', '\u202e'],
]

test('no text throws, and a problem lies inside of it', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.array(fc.constantFrom(...PIECES), { maxLength: 300 }).map((pieces) => pieces.join('')),
    fc.tuple(fc.constantFrom(...PIECES), fc.nat(3000)).map(([piece, times]) => piece.repeat(times)),
  )
  fc.assert(
    fc.property(text, (input) => {
      const parsed = parseFind(input)
      if (parsed.ok) return
      const { from, to, message } = parsed.problem
      expect(from).toBeGreaterThanOrEqual(0)
      expect(to).toBeGreaterThanOrEqual(from)
      expect(to).toBeLessThanOrEqual(input.length)
      expect(message).toMatch(/^(Expected .*|At most .*)\.$/s)
    }),
    { numRuns: 800 },
  )
})

test('length and depth are bounded', () => {
  expect(read('a '.repeat(1001))).toBe('2000-2002: At most 2000 characters, not 2002.')
  expect(read('('.repeat(50))).toBe('41-42: At most 40 levels may lie in each other.')
  expect(read('not '.repeat(50))).toMatch(/At most 40 levels/)
  expect(read(`${'('.repeat(40)}a${')'.repeat(40)}`)).toBe('a')
})
