// Stands in for vitest where a mutant runs: collects the tests of a file and runs them here, one after the other,
// until the first that fails. `expect` is vitest's own.
import type { Costs } from './mutant.ts'

export { expect } from 'vitest'

type Work = () => void | Promise<void>
type Collected = { readonly name: string; readonly work: Work }

const collected: Collected[] = []
const path: string[] = []

export function describe(name: string, define: () => void): void {
  path.push(name)
  define()
  path.pop()
}

export function test(name: string, work: Work): void {
  collected.push({ name: [...path, name].join(' > '), work })
}

test.each =
  <Row>(rows: readonly Row[]) =>
  (name: string, work: (...row: unknown[]) => void | Promise<void>): void => {
    for (const row of rows) {
      const values: unknown[] = Array.isArray(row) ? row : [row]
      test(name.replace('%s', String(values[0])), () => work(...values))
    }
  }

/** The name of the first test that fails, the quick ones first, or null when all pass; and what each cost. */
export async function findFailure(
  known: Costs,
): Promise<{ readonly failed: string | null; readonly costs: Costs }> {
  const costs: { [test: string]: number } = {}
  // In steps, so that tests of about the same cost keep the order of their file.
  const costOf = ({ name }: Collected) => Math.floor(Math.log10(1 + (known[name] ?? 0)))
  for (const { name, work } of collected.toSorted((a, b) => costOf(a) - costOf(b))) {
    const startMs = performance.now()
    try {
      await work()
    } catch {
      return { failed: name, costs }
    }
    costs[name] = performance.now() - startMs
  }
  return { failed: null, costs }
}
