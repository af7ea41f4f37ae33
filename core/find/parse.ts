// The grammar of the find language, read by descent. Lowest first:
//   or    = and { ("or" | "|") and }
//   and   = not { ["and" | "&"] not }            words side by side must all hold
//   not   = ("not" | "!") not | one
//   one   = "(" or ")" | function "(" or { "," or } ")" | condition | ["has" | "is"] operand | word | "text"
//   condition = operand operator value
// AND binds tighter than OR, as everywhere but in Kiali.

import {
  FUNCTION_NAMES,
  FUNCTIONS,
  type FunctionName,
  findOperand,
  type Operand,
  type OperandRef,
  operandOf,
} from './operands.ts'
import { expectedQuantity, parseQuantity } from './quantities.ts'
import type { NumberOperator, Query, TextOperator } from './query.ts'
import { NONE, readTokens, type Token, WORD_OPERATORS } from './tokens.ts'

/** What is wrong, in a sentence that says what was expected; [from, to) is where. */
export type FindProblem = { readonly message: string; readonly from: number; readonly to: number }
export type Parsed =
  | { readonly ok: true; readonly query: Query | null }
  | { readonly ok: false; readonly problem: FindProblem }

export const FIND_CHARS_MAX = 2000
const DEPTH_MAX = 40
const NUMBER_OPERATORS: ReadonlySet<string> = new Set(['=', '<', '<=', '>', '>='])
const TEXT_OPERATORS: ReadonlySet<string> = new Set(['=', '~', '^=', '$='])

/** Null query: the text is blank. Never throws on input. */
export function parseFind(text: string): Parsed {
  if (text.length > FIND_CHARS_MAX) {
    const message = `At most ${FIND_CHARS_MAX} characters, not ${text.length}.`
    return { ok: false, problem: { message, from: FIND_CHARS_MAX, to: text.length } }
  }
  const state: State = { tokens: readTokens(text), at: 0, depth: 0 }
  if (peek(state).type === 'end') return { ok: true, query: null }
  try {
    const query = readOr(state)
    const next = peek(state)
    if (next.type === 'end') return { ok: true, query }
    return { ok: false, problem: expected('“and”, “or” or the end', next) }
  } catch (error) {
    if (error instanceof Unexpected) return { ok: false, problem: error.problem }
    throw error
  }
}

type State = { readonly tokens: readonly Token[]; at: number; depth: number }

class Unexpected extends Error {
  readonly problem: FindProblem
  constructor(problem: FindProblem) {
    super(problem.message)
    this.problem = problem
  }
}

function readOr(state: State): Query {
  const parts = [readAnd(state)]
  while (accept(state, 'or')) parts.push(readAnd(state))
  return join('or', parts)
}

function readAnd(state: State): Query {
  const parts = [readNot(state)]
  while (accept(state, 'and') || STARTS.has(peek(state).type)) parts.push(readNot(state))
  return join('and', parts)
}

/** What a part may begin with. */
const STARTS: ReadonlySet<string> = new Set(['word', 'string', 'not', '('])

function join(type: 'and' | 'or', parts: readonly Query[]): Query {
  return parts.length === 1 && parts[0] ? parts[0] : { type, parts }
}

function readNot(state: State): Query {
  if (!accept(state, 'not')) return readOne(state)
  return nested(state, () => ({ type: 'not', part: readNot(state) }))
}

function readOne(state: State): Query {
  const token = next(state)
  if (token.type === 'string') return { type: 'word', text: token.text }
  if (token.type === '(') {
    return nested(state, () => {
      const query = readOr(state)
      expectType(state, ')', 'a closing parenthesis')
      return query
    })
  }
  if (token.type !== 'word') fail('a name, a condition or “(”', token)
  return readWord(state, token)
}

function readWord(state: State, token: Token): Query {
  const name = FUNCTION_NAMES.find((one) => one === token.text.toLowerCase())
  const following = peek(state)
  if (name && following.type === '(' && following.from === token.to) return readCall(state, name)
  const ref = findOperand(token.text)
  const operator = readOperator(state, ref !== null)
  if (operator !== null) {
    if (ref === null) fail('an operand before the operator (“kind”, “owner”, “calls” …)', token)
    return readCondition(state, ref, operator)
  }
  if (/^(has|is)$/i.test(token.text) && following.type === 'word') {
    const said = findOperand(following.text)
    if (said !== null) {
      state.at++
      return hasIt(said)
    }
  }
  if (ref !== null && operandOf(ref.name).type === 'flag') return flagOf(ref)
  return { type: 'word', text: token.text }
}

function readCall(state: State, name: FunctionName): Query {
  next(state)
  return nested(state, () => {
    const args = [readOr(state)]
    while (args.length < FUNCTIONS[name].args) {
      expectType(state, ',', `a comma and another name: ${name} takes ${FUNCTIONS[name].args}`)
      args.push(readOr(state))
    }
    expectType(state, ')', 'a closing parenthesis')
    return { type: 'call', name, args }
  })
}

type Operator = { readonly text: string; readonly isNegated: boolean; readonly token: Token }

/** Word operators stand after operands only: elsewhere they are names. */
function readOperator(state: State, isAfterOperand: boolean): Operator | null {
  const token = peek(state)
  if (token.type === 'compare') {
    state.at++
    const isNegated = token.text.startsWith('!')
    return { text: isNegated ? token.text.slice(1) : token.text, isNegated, token }
  }
  if (!isAfterOperand) return null
  const isNegated = token.type === 'not'
  const word = isNegated ? state.tokens[state.at + 1] : token
  const text = word?.type === 'word' ? wordOperator(word.text) : null
  if (!word || text === null) return null
  state.at += isNegated ? 2 : 1
  return { text, isNegated, token: word }
}

export function wordOperator(word: string): TextOperator | null {
  const lower = word.toLowerCase()
  return Object.hasOwn(WORD_OPERATORS, lower) ? (WORD_OPERATORS[lower] ?? null) : null
}

function readCondition(state: State, ref: OperandRef, operator: Operator): Query {
  const operand = operandOf(ref.name)
  const token = next(state)
  if (operand.type === 'flag')
    fail(`no operator: “${ref.name}” is said alone, or with “not”`, operator.token)
  if (token.type !== 'word' && token.type !== 'string') fail(expectedValue(operand), token)
  const query =
    operand.type === 'text'
      ? textCondition(ref, operand, operator, token)
      : numberCondition(ref, operand, operator, token)
  return operator.isNegated ? { type: 'not', part: query } : query
}

function isNone({ type, text }: Token): boolean {
  return type === 'word' && /^(none|nan)$/i.test(text)
}

function textCondition(
  { name, end }: OperandRef,
  operand: Extract<Operand, { readonly type: 'text' }>,
  { text: operator, token: operatorToken }: Operator,
  token: Token,
): Query {
  if (!TEXT_OPERATORS.has(operator)) fail(`“=”, “!=” or “~”: “${name}” is text`, operatorToken)
  const { values } = operand
  if (isNone(token)) {
    if (operator !== '=') fail(`“=” or “!=” before ${NONE}`, operatorToken)
    return { type: 'text', operand: name, end, operator: '=', value: null }
  }
  const isKnown =
    values === null || values.some((one) => one.toLowerCase() === token.text.toLowerCase())
  if (operator === '=' && !isKnown && !token.text.includes('*')) fail(expectedValue(operand), token)
  return { type: 'text', operand: name, end, operator: operator as TextOperator, value: token.text }
}

function numberCondition(
  { name, end }: OperandRef,
  operand: Exclude<Operand, { readonly type: 'text' | 'flag' }>,
  { text: operator, isNegated, token: operatorToken }: Operator,
  token: Token,
): Query {
  if (!NUMBER_OPERATORS.has(operator) || (isNegated && operator !== '='))
    fail(`“=”, “!=”, “<”, “<=”, “>” or “>=”: “${name}” is a number`, operatorToken)
  if (isNone(token)) {
    if (operator !== '=') fail(`“=” or “!=” before ${NONE}`, operatorToken)
    return { type: 'number', operand: name, end, operator: '=', value: null }
  }
  const value = parseQuantity(operand.type, token.text)
  if (value === null) fail(expectedValue(operand), token)
  return { type: 'number', operand: name, end, operator: operator as NumberOperator, value }
}

function expectedValue(operand: Operand): string {
  if (operand.type === 'text')
    return operand.values === null ? 'a value' : `one of ${operand.values.join(', ')}`
  return operand.type === 'flag' ? 'nothing' : expectedQuantity(operand.type)
}

/** `has errors` is more than none, `has owner` is any, `is new` is the flag itself. */
function hasIt(ref: OperandRef): Query {
  const { type } = operandOf(ref.name)
  const said = { operand: ref.name, end: ref.end }
  if (type === 'flag') return flagOf(ref)
  if (type === 'count' || type === 'percent')
    return { type: 'number', ...said, operator: '>', value: 0 }
  const none = { ...said, operator: '=', value: null } as const
  return {
    type: 'not',
    part: type === 'text' ? { type: 'text', ...none } : { type: 'number', ...none },
  }
}

function flagOf({ name, end }: OperandRef): Query {
  return { type: 'flag', operand: name, end }
}

function nested(state: State, read: () => Query): Query {
  if (++state.depth > DEPTH_MAX) {
    const { from, to } = peek(state)
    throw new Unexpected({
      message: `At most ${DEPTH_MAX} levels may lie in each other.`,
      from,
      to,
    })
  }
  const query = read()
  state.depth--
  return query
}

function peek({ tokens, at }: State): Token {
  const token = tokens[Math.min(at, tokens.length - 1)]
  if (!token) throw new Error('tokens end with an end')
  return token
}

function next(state: State): Token {
  const token = peek(state)
  state.at++
  return token
}

function accept(state: State, type: Token['type']): boolean {
  if (peek(state).type !== type) return false
  state.at++
  return true
}

function expectType(state: State, type: Token['type'], what: string): void {
  const token = next(state)
  if (token.type !== type) fail(what, token)
}

function fail(what: string, token: Token): never {
  throw new Unexpected(expected(what, token))
}

function expected(what: string, { type, text, from, to }: Token): FindProblem {
  if (type === 'bad') return { message: 'Expected a closing quote.', from, to }
  const shown = text.length > 40 ? `${text.slice(0, 39)}…` : text
  const found = type === 'end' ? 'the end' : `“${shown}”`
  return { message: `Expected ${what}; found ${found}.`, from, to }
}
