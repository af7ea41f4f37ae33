// A parsed query, and its one printed form: parsing what is printed gives the same query again.
import {
  type End,
  FUNCTION_NAMES,
  type FunctionName,
  findOperand,
  type NumberOperand,
  type OperandName,
  operandOf,
} from './operands.ts'
import { printQuantity } from './quantities.ts'
import { NONE, quote } from './tokens.ts'

export type TextOperator = '=' | '~' | '^=' | '$='
export type NumberOperator = '=' | '<' | '<=' | '>' | '>='

export type Leaf =
  /** Plain text: in the names that an element goes by. */
  | { readonly type: 'word'; readonly text: string }
  | { readonly type: 'flag'; readonly operand: OperandName; readonly end: End }
  | {
      readonly type: 'text'
      readonly operand: OperandName
      readonly end: End
      readonly operator: TextOperator
      /** Null, with `=` alone: nothing is said. */
      readonly value: string | null
    }
  | {
      readonly type: 'number'
      readonly operand: OperandName
      readonly end: End
      readonly operator: NumberOperator
      /** In base units: durations and ages in ms. Null, with `=` alone: nothing is known. */
      readonly value: number | null
    }

export type Query =
  | Leaf
  | { readonly type: 'not'; readonly part: Query }
  /** Two parts or more. */
  | { readonly type: 'and' | 'or'; readonly parts: readonly Query[] }
  | { readonly type: 'call'; readonly name: FunctionName; readonly args: readonly Query[] }

export function printQuery(query: Query): string {
  switch (query.type) {
    case 'word':
      return printWord(query.text)
    case 'flag':
      return printOperand(query)
    case 'text':
    case 'number':
      return printCondition(query, '')
    case 'not': {
      const { part } = query
      const isPlain = part.type === 'text' || (part.type === 'number' && part.operator === '=')
      return isPlain ? printCondition(part, '!') : `not ${printPart(part)}`
    }
    case 'and':
    case 'or':
      return query.parts.map(printPart).join(` ${query.type} `)
    case 'call':
      return `${query.name}(${query.args.map(printQuery).join(', ')})`
  }
}

function printPart(query: Query): string {
  const text = printQuery(query)
  return query.type === 'and' || query.type === 'or' ? `(${text})` : text
}

function printOperand({ operand, end }: { readonly operand: OperandName; readonly end: End }) {
  return end === 'self' ? operand : `${end}.${operand}`
}

type Condition = Extract<Leaf, { readonly type: 'text' | 'number' }>

function printCondition(condition: Condition, negation: '' | '!'): string {
  return `${printOperand(condition)} ${negation}${condition.operator} ${printValue(condition)}`
}

function printValue({ type, operand, value }: Condition): string {
  if (value === null) return NONE
  if (type === 'text') return quote(value)
  return printQuantity(operandOf(operand).type as NumberOperand['type'], value)
}

/** In quotes where it would be read as something else. */
function printWord(text: string): string {
  const isOurs =
    findOperand(text) !== null || FUNCTION_NAMES.some((name) => name === text.toLowerCase())
  return isOurs ? `"${text}"` : quote(text)
}
