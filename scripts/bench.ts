// `npm run bench -- NAME`: runs one bench in a process of its own, so that none warms up another.
// A bench prints one JSON line on stdout, and what explains it on stderr.
import { spawnSync } from 'node:child_process'
import path from 'node:path'

const BENCHES: Readonly<Record<string, string>> = {
  decode: 'OTLP protobuf to columns, beside protobufjs',
  fold: 'the fold alone, decode and fold, cost by number of edges, memory a pending span',
  restart: 'ten minutes at 100,000 spans/s, kill -9, and how soon the next process has caught up',
  query: 'graphs and series of windows over 30 days, 2,000 services, 20,000 edges',
}
const HEAP_MB = 4096

process.exitCode = run(process.argv.slice(2))

function run(args: readonly string[]): number {
  const [name, ...rest] = args
  if (name === '--help' || name === undefined) {
    console.log(usage())
    return name ? 0 : 2
  }
  if (!Object.hasOwn(BENCHES, name) || rest.length > 0) {
    const wrong = rest.length > 0 ? `${name} takes no arguments` : `there is no bench ${name}`
    console.error(`bench: ${wrong}; \`npm run bench -- --help\` lists what there is.`)
    return 2
  }
  const file = path.join(import.meta.dirname, '../tests/bench', `${name}.ts`)
  const flags = ['--expose-gc', `--max-old-space-size=${HEAP_MB}`]
  const { status } = spawnSync(process.execPath, [...flags, file], { stdio: 'inherit' })
  return status ?? 1
}

function usage(): string {
  const lines = Object.entries(BENCHES).map(([name, about]) => `  ${name.padEnd(8)} ${about}`)
  return ['Usage: npm run bench -- NAME', '', ...lines].join('\n')
}
