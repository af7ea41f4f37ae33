// `npm run bench -- start`: `npm start` on built sources with an empty data folder, and again on the same. Prints
// {"bench":"start","coldSeconds","warmSeconds"}: from the command until the page answers.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { waitFor } from '../support/process.ts'
import { makeDataDir } from '../support/product.ts'
import { runBench } from './rig/rig.ts'

const ROOT = path.join(import.meta.dirname, '../..')
const READY_MS_MAX = 120_000

await runBench('start', async () => {
  // What is not built yet, is built before the clock runs.
  await run(['node', path.join(ROOT, 'scripts/setup.mjs'), 'build'])
  const { path: dataDir, remove } = makeDataDir()
  try {
    const coldSeconds = await timeStart(dataDir)
    const warmSeconds = await timeStart(dataDir)
    return { coldSeconds, warmSeconds }
  } finally {
    remove()
  }
})

async function timeStart(dataDir: string): Promise<number> {
  const startMs = performance.now()
  const product = start(['npm', 'start'], {
    STRAYLINE_DATA_DIR: dataDir,
    STRAYLINE_WEB_PORT: '0',
    STRAYLINE_OTLP_GRPC_PORT: '0',
    STRAYLINE_OTLP_HTTP_PORT: '0',
  })
  try {
    await waitFor('the page', () => answers(product, dataDir), READY_MS_MAX)
    return Number(((performance.now() - startMs) / 1000).toFixed(2))
  } finally {
    if (product.exitCode === null) {
      // The whole group, as Ctrl-C does.
      process.kill(-product.pid!, 'SIGINT')
      await once(product, 'exit')
    }
  }
}

/** True once the page answers. Errors: rejects when the product has ended. */
async function answers(product: ChildProcess, dataDir: string): Promise<true | undefined> {
  if (product.exitCode !== null) throw new Error(`npm start ended with ${product.exitCode}`)
  try {
    const { webUrl } = JSON.parse(readFileSync(path.join(dataDir, 'run.json'), 'utf8'))
    const response = await fetch(String(webUrl))
    return response.ok ? true : undefined
  } catch {
    return undefined // not there yet, or not answering yet
  }
}

function start(command: readonly string[], settings: Readonly<Record<string, string>>) {
  const [program = '', ...words] = command
  return spawn(program, words, {
    cwd: ROOT,
    detached: true,
    stdio: 'ignore',
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: 'production', ...settings },
  })
}

async function run(command: readonly string[]): Promise<void> {
  const [code] = await once(start(command, {}), 'exit')
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}`)
}
