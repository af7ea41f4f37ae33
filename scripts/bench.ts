// `npm run bench -- NAME [SIZE]`: runs one bench in a process of its own, so that none warms up another. A bench
// prints one JSON line on stdout, and what explains it on stderr. `all` runs short forms of all of them, several
// at once: whether they work, not how fast; the last words of one that fails are shown.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'

type Bench = {
  readonly about: string
  /** What the argument is, and what it is in `all`; null: takes none. */
  readonly size: { readonly unit: string; readonly short: number } | null
}

const seconds = (short: number) => ({ unit: 'seconds', short })

const BENCHES: Readonly<Record<string, Bench>> = {
  decode: { about: 'OTLP protobuf to columns, beside protobufjs', size: null },
  fold: {
    about: 'the fold alone, decode and fold, cost by number of edges, memory a pending span',
    size: seconds(0.5),
  },
  ingest: {
    about:
      'as many spans a second as are taken over HTTP and gRPC, and by servers that only receive',
    size: seconds(0.6),
  },
  small: { about: 'requests of 10 spans over 200 connections', size: seconds(0.3) },
  latency: {
    about: 'at 50,000 spans/s, from the acknowledgement of a new call to its alert',
    size: seconds(2),
  },
  notify: { about: 'at 10 alerts/s, from the commit of an alert to its webhook', size: seconds(2) },
  memory: { about: 'resident set at 100,000 spans/s for ten minutes', size: seconds(2) },
  query: {
    about: 'graphs and series of windows over 30 days, 2,000 services, 20,000 edges',
    size: { unit: 'edges', short: 600 },
  },
  storage: {
    about: 'bytes in Postgres of a day of calls over 1,000 edges, after roll-up',
    size: seconds(0.5),
  },
  restart: {
    about: 'ten minutes at 100,000 spans/s, kill -9, and how soon the next process has caught up',
    size: seconds(2),
  },
  start: { about: '`npm start` with an empty data folder, and again', size: null },
  growth: {
    about: 'cost of a span by number of spans, edges, operations and services, four sizes each',
    size: seconds(20),
  },
}
/** Sixteen runs: too long even when short, and made of what the others use. */
const NOT_IN_ALL = ['growth']
const HEAP_MB = 4096
const AT_ONCE = 3
const LAST_LINES = 20

process.exitCode = await run(process.argv.slice(2))

async function run(args: readonly string[]): Promise<number> {
  const [name, ...sizes] = args
  if (name === '--help' || name === undefined) {
    console.log(usage())
    return name ? 0 : 2
  }
  const isAll = name === 'all'
  const sizesMax = isAll || BENCHES[name]?.size === null ? 0 : 1
  if ((!isAll && !Object.hasOwn(BENCHES, name)) || sizes.length > sizesMax) {
    const wrong =
      sizes.length > sizesMax ? `${name} takes fewer arguments` : `there is no bench ${name}`
    console.error(`bench: ${wrong}; \`npm run bench -- --help\` lists what there is.`)
    return 2
  }
  if (isAll) return runAll()
  return (await runOne(name, sizes, 'inherit')).code
}

type Outcome = { readonly code: number; readonly output: string; readonly words: string }

async function runOne(
  name: string,
  sizes: readonly string[],
  output: 'inherit' | 'pipe',
): Promise<Outcome> {
  const file = path.join(import.meta.dirname, '../tests/bench', `${name}.ts`)
  const flags = ['--expose-gc', `--max-old-space-size=${HEAP_MB}`]
  const stdio = ['ignore', output, output] as const
  const child = spawn(process.execPath, [...flags, file, ...sizes], { stdio: [...stdio] })
  const written = { output: '', words: '' }
  child.stdout?.on('data', (chunk) => {
    written.output += chunk
  })
  child.stderr?.on('data', (chunk) => {
    written.words += chunk
  })
  const [code] = await once(child, 'close')
  return { code: typeof code === 'number' ? code : 1, ...written }
}

async function runAll(): Promise<number> {
  const names = Object.keys(BENCHES).filter((name) => !NOT_IN_ALL.includes(name))
  let failed = 0
  const lane = async () => {
    for (let name = names.shift(); name; name = names.shift()) {
      const startedMs = performance.now()
      const size = BENCHES[name]?.size
      const { code, output, words } = await runOne(name, size ? [String(size.short)] : [], 'pipe')
      const took = `${((performance.now() - startedMs) / 1000).toFixed(0)} s`
      process.stdout.write(output)
      console.error(code === 0 ? `${name}: ${took}` : `${name}: failed after ${took}`)
      if (code === 0) continue
      failed++
      console.error(words.split('\n').slice(-LAST_LINES).join('\n'))
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
  return failed === 0 ? 0 : 1
}

function usage(): string {
  const lines = Object.entries(BENCHES).map(([name, { about, size }]) => {
    const argument = size ? `[${size.unit}]` : ''
    return `  ${`${name} ${argument}`.padEnd(18)} ${about}`
  })
  const all = `  ${'all'.padEnd(18)} short forms of all but ${NOT_IN_ALL.join()}: whether they work`
  return ['Usage: npm run bench -- NAME [SIZE]', '', ...lines, all].join('\n')
}
