// docs/guide/backtest.md is true: its examples are taken by the API, its commands by the command line, its marks are all.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { Command } from 'commander'
import { expect, test } from 'vitest'
import { BACKTEST } from '../../app/contract/routes/backtest.ts'
import { addBacktest } from '../../cli/backtest-command.ts'
import { FORECAST_MARKS } from '../../core/baseline/forecast.ts'

const ROOT = path.join(import.meta.dirname, '../..')
const guide = readFileSync(path.join(ROOT, 'docs/guide/backtest.md'), 'utf8')

function examples(name: string): readonly unknown[] {
  const found = [...guide.matchAll(RegExp(`\`\`\`json ${name}\\n(.*?)\`\`\``, 'gs'))]
  expect(found).not.toHaveLength(0)
  return found.map(([, text = '']) => JSON.parse(text))
}

test('every example is taken by the API', () => {
  const bodies = [
    ...examples('request'),
    ...examples('route').map((route) => ({ what: 'route', route })),
    ...examples('edits').map((edits) => {
      return { what: 'baseline', baseline: { from: 'active', edits } }
    }),
  ]
  for (const body of bodies) expect(BACKTEST.body.schema.safeParse(body).error).toBeUndefined()
})

test('every command is one of the command line, with flags that it has', () => {
  const lines = [...guide.matchAll(/^strayline (backtest .*)$/gm)].map(([, line = '']) => line)
  expect(lines.length).toBeGreaterThanOrEqual(5)
  const program = new Command()
  addBacktest(program)
  const commands = program.commands[0]?.commands ?? []
  for (const line of lines) {
    const [, name, ...words] = line.split(' ')
    const command = commands.find((each) => each.name() === name)
    expect(command, line).toBeDefined()
    expect(command?.parseOptions(words).unknown, line).toEqual([])
  }
})

test('the marks are those that are given', () => {
  const rows = [...guide.matchAll(/^\| `(\w+)` \|/gm)].map(([, mark]) => mark)
  expect(rows).toEqual([...FORECAST_MARKS])
})
