// What may be typed next, at a place in a text of the find language: operands, operators, values that the graph
// has, and the words between conditions. The text may be wrong or unfinished.
import type { FindGraph } from './find-graph.ts'
import {
  FUNCTION_NAMES,
  FUNCTIONS,
  findOperand,
  OPERAND_NAMES,
  type Operand,
  type OperandRef,
  operandOf,
} from './operands.ts'
import { wordOperator } from './parse.ts'
import { NONE, quote, readTokens, type Token } from './tokens.ts'

export type Completion = {
  /** What stands in the list and takes the place of [from, to). */
  readonly text: string
  /** What it means; '' for values. */
  readonly note: string
}
export type Completions = {
  readonly from: number
  readonly to: number
  readonly items: readonly Completion[]
}

const ITEMS_MAX = 10
const NAMES_MAX = 5

/** cursor: in UTF-16 units. Items fit what is typed of the word before it; the best first, at most 10. */
export function completeFind(text: string, cursor: number, graph: FindGraph): Completions {
  const tokens = readTokens(text.slice(0, cursor)).slice(0, -1)
  const last = tokens.at(-1)
  const isTyping = last !== undefined && last.to === cursor && TYPED.has(last.type)
  const before = isTyping ? tokens.slice(0, -1) : tokens
  const typed = isTyping ? last.text.replace(/^"/, '').toLowerCase() : ''
  const from = isTyping ? last.from : cursor
  const items = candidates(before, typed, graph).filter((item) => item.text !== typed)
  return { from, to: cursor, items: items.slice(0, ITEMS_MAX) }
}

const TYPED: ReadonlySet<string> = new Set(['word', 'and', 'or', 'not', 'bad'])

function candidates(
  before: readonly Token[],
  typed: string,
  graph: FindGraph,
): readonly Completion[] {
  const last = before.at(-1)
  if (last?.type === 'compare' || (last?.type === 'word' && wordOperator(last.text) !== null)) {
    const ref = findOperand(before.at(-2)?.type === 'word' ? (before.at(-2)?.text ?? '') : '')
    if (ref !== null) return starting(valuesOf(ref, graph), typed)
  }
  const ref = last?.type === 'word' ? findOperand(last.text) : null
  const isConditionOpen = ref !== null && before.at(-2)?.type !== 'compare'
  if (isConditionOpen && operandOf(ref.name).type !== 'flag')
    return starting(operatorsOf(operandOf(ref.name)), typed)
  const isAfterPart = last !== undefined && /^(word|string|\))$/.test(last.type)
  const joints = isAfterPart && !/^(has|is)$/i.test(last.text) ? JOINTS : []
  return [
    ...starting([...joints, ...PARTS], typed),
    ...(typed === '' ? [] : containing(namesOf(graph), typed).slice(0, NAMES_MAX)),
  ]
}

const JOINTS: readonly Completion[] = [
  { text: 'and', note: 'both' },
  { text: 'or', note: 'either' },
]
const PARTS: readonly Completion[] = [
  ...OPERAND_NAMES.map((name) => ({ text: name, note: operandOf(name).help })),
  { text: 'not', note: 'the opposite' },
  ...FUNCTION_NAMES.map((name) => ({ text: `${name}(`, note: FUNCTIONS[name].help })),
  ...OPERAND_NAMES.filter((name) => operandOf(name).node).flatMap((name) => [
    { text: `source.${name}`, note: `of the caller: ${operandOf(name).help}` },
    { text: `target.${name}`, note: `of the callee: ${operandOf(name).help}` },
  ]),
]

const TEXT_OPERATORS: readonly Completion[] = [
  { text: '=', note: 'is; * stands for any letters' },
  { text: '!=', note: 'is not' },
  { text: '~', note: 'contains' },
  { text: 'startswith', note: '' },
  { text: 'endswith', note: '' },
]
const NUMBER_OPERATORS: readonly Completion[] = ['>', '<', '>=', '<=', '=', '!='].map((text) => ({
  text,
  note: '',
}))

function operatorsOf({ type }: Operand): readonly Completion[] {
  return type === 'text' ? TEXT_OPERATORS : NUMBER_OPERATORS
}

const QUANTITIES = {
  count: ['0', '10', '100', '1k'],
  percent: ['1%', '5%', '10%'],
  duration: ['100ms', '500ms', '1s'],
  age: ['1h', '24h', '7d'],
} as const

function valuesOf({ name }: OperandRef, graph: FindGraph): readonly Completion[] {
  const operand = operandOf(name)
  if (operand.type === 'flag') return []
  if (operand.type !== 'text') return QUANTITIES[operand.type].map((text) => ({ text, note: '' }))
  const none = { in: 0, out: 0 }
  const seen = operand.node
    ? graph.nodes.flatMap((node) => operand.node?.(node, none) ?? [])
    : graph.edges.flatMap((edge) => operand.edge?.(edge) ?? [])
  const values = operand.values ?? [...new Set(seen)].sort()
  return [
    ...values.map((text) => ({ text: quote(text), note: '' })),
    { text: NONE, note: 'nothing' },
  ]
}

function namesOf({ nodes }: FindGraph): readonly Completion[] {
  const names = [...new Set(nodes.map(({ name }) => name))].sort()
  return names.map((name) => ({
    text: findOperand(name) === null ? quote(name) : `"${name}"`,
    note: 'name',
  }))
}

/** Those that begin with it, then those that contain it. */
function starting(items: readonly Completion[], typed: string): readonly Completion[] {
  const plain = ({ text }: Completion) => text.replace(/^"/, '').toLowerCase()
  const first = items.filter((item) => plain(item).startsWith(typed))
  return [...first, ...containing(items, typed).filter((item) => !first.includes(item))]
}

function containing(items: readonly Completion[], typed: string): readonly Completion[] {
  return items.filter(({ text }) => text.toLowerCase().includes(typed))
}
