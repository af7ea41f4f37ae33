// The guide to finding and hiding says what the language does: its tables are those of the language, and every
// example in it is answered as it says.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { FIND_EXAMPLES } from '../../../core/find/examples.ts'
import {
  FUNCTION_NAMES,
  FUNCTIONS,
  OPERAND_NAMES,
  type OperandName,
  operandOf,
} from '../../../core/find/operands.ts'
import { parseFind } from '../../../core/find/parse.ts'

const GUIDE = readFileSync(path.join(import.meta.dirname, '../../../docs/guide/find.md'), 'utf8')
const cell = (text: string) => text.replaceAll('|', '\\|')
const table = (head: string, rows: readonly (readonly string[])[]) =>
  [
    head,
    head.replace(/[^|]+/g, '---'),
    ...rows.map((row) => `| ${row.map(cell).join(' | ')} |`),
  ].join('\n')

function operandRows(isWanted: (name: OperandName) => boolean) {
  return OPERAND_NAMES.filter(isWanted).map((name) => {
    const operand = operandOf(name)
    const words = [name, ...operand.aliases].map((word) => `\`${word}\``).join(', ')
    const values = operand.type === 'text' && operand.values ? `: ${operand.values.join(', ')}` : ''
    return [words, operand.type, `${operand.help}${values}`]
  })
}

test.each([
  [
    'of nodes',
    table(
      '| word | type | means |',
      operandRows((name) => operandOf(name).node !== undefined),
    ),
  ],
  [
    'of edges',
    table(
      '| word | type | means |',
      operandRows((name) => operandOf(name).edge !== undefined),
    ),
  ],
  [
    'of ways',
    table(
      '| word | means |',
      FUNCTION_NAMES.map((name) => [
        `\`${name}(${FUNCTIONS[name].args === 2 ? 'a, b' : 'a'})\``,
        FUNCTIONS[name].help,
      ]),
    ),
  ],
  [
    'of examples',
    table(
      '| query | finds |',
      FIND_EXAMPLES.map(({ query, means }) => [`\`${query}\``, means]),
    ),
  ],
])('the table %s is the language’s own', (_, expected) => {
  expect(GUIDE).toContain(expected)
})

const examples = [...GUIDE.matchAll(/^```find\n([\s\S]*?)^```$/gm)].flatMap(([, block = '']) =>
  block.trimEnd().split('\n'),
)

test('every example parses, and those that the guide calls wrong do not', () => {
  expect(examples.length).toBeGreaterThan(15)
  for (const line of examples) {
    const [query = '', said] = line.split(/ {2,}# /)
    const parsed = parseFind(query)
    if (!said?.startsWith('Expected')) expect(parsed, query).toMatchObject({ ok: true })
    else expect(parsed, query).toMatchObject({ problem: { message: said } })
  }
})
