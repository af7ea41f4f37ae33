// The thread in which mutants run: for each one their folder and its tests are loaded afresh, with the one file
// changed in memory, and run until a test fails. Nothing on the disk is touched.
import { readFileSync } from 'node:fs'
import { registerHooks, stripTypeScriptTypes } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { parentPort, workerData } from 'node:worker_threads'
import fc from 'fast-check'
import type { Answer, Mutant, Order, Subject, Verdict } from './mutant.ts'
import { mutatedSource, timesFound } from './mutated-source.ts'

const { folder, tests } = workerData as Omit<Subject, 'mutants'>
const ROOT = path.join(import.meta.dirname, '../..')
const url = (file: string) => pathToFileURL(path.join(ROOT, file)).href
/** What is loaded anew for each mutant; all else is shared. */
const OWN = [url(`${folder}/`), url('tests/')]
const SUITE = url('tests/mutants/suite.ts')

const plain = new Map<string, string>()
const running = new Map<string, { readonly url: string; readonly source: string }>()

registerHooks({
  resolve(specifier, context, next) {
    const number = numberOf(context.parentURL)
    if (number === null) return next(specifier, context)
    if (specifier === 'vitest') {
      if (context.parentURL?.startsWith(SUITE)) return next(specifier, context)
      return { url: numbered(SUITE, number), shortCircuit: true }
    }
    const resolved = next(specifier, context)
    const isOwn = OWN.some((folder) => resolved.url.startsWith(folder))
    return isOwn ? { ...resolved, url: numbered(resolved.url, number) } : resolved
  },
  load(given, context, next) {
    const number = numberOf(given)
    if (number === null) return next(given, context)
    const file = given.split('?')[0]!
    const mutated = running.get(number)
    const source = mutated?.url === file ? mutated.source : plainSource(file)
    return { format: 'module', source, shortCircuit: true }
  },
})
// A mutant that lives or dies by chance would be no measure.
fc.configureGlobal({ seed: 1 })

parentPort?.on('message', async (order: Order) => parentPort?.postMessage(await judge(order)))

async function judge(order: Order): Promise<Answer> {
  const number = String(order.number)
  const problem = await findProblem(number, order.mutant)
  if (problem !== null)
    return { number: order.number, verdict: { kind: 'invalid', reason: problem }, costs: {} }
  const suite = (await import(numbered(SUITE, number))) as typeof import('./suite.ts')
  for (const file of tests) await import(numbered(url(file), number))
  const { failed, costs } = await suite.findFailure(order.costs)
  const verdict: Verdict = failed === null ? { kind: 'survived' } : { kind: 'killed', by: failed }
  return { number: order.number, verdict, costs }
}

/** Plants the mutant and loads its file; why that cannot be done, or null. */
async function findProblem(number: string, mutant: Mutant | null): Promise<string | null> {
  if (mutant === null) return null
  const times = timesFound(folder, mutant)
  if (times !== 1) return `${mutant.file} has its text ${times} times, not once`
  const mutated = url(`${folder}/${mutant.file}`)
  try {
    running.set(number, { url: mutated, source: mutatedSource(folder, mutant) })
    await import(numbered(mutated, number))
    return null
  } catch (error) {
    return String(error)
  }
}

/** Without types, which are taken off once and not again for each mutant. */
function plainSource(file: string): string {
  const known = plain.get(file)
  if (known !== undefined) return known
  const source = stripTypeScriptTypes(readFileSync(new URL(file), 'utf8'))
  plain.set(file, source)
  return source
}

function numbered(given: string, number: string): string {
  return `${given}?mutant=${number}`
}

function numberOf(given: string | undefined): string | null {
  return given?.split('?mutant=')[1] ?? null
}
