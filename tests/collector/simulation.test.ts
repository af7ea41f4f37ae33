// A thousand runs of a collector, each with its own crashes, torn writes, retries, stepping clocks and damaged
// snapshots: what was acknowledged is counted exactly once. Each run follows from its seed alone.
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { runWorld } from '../support/simulation/world.ts'

// In memory where there is such a folder: durability is simulated, and snapshots sync for real.
const MEMORY = '/dev/shm'
const root = mkdtempSync(path.join(existsSync(MEMORY) ? MEMORY : tmpdir(), 'strayline-simulation-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const SEEDS = 1_000
const GROUP = 100

const groups = Array.from({ length: SEEDS / GROUP }, (_, at) => at * GROUP + 1)

test.each(groups)(
  'a hundred seeds from %i: acknowledged is counted, once',
  async (first) => {
    let deaths = 0
    for (let seed = first; seed < first + GROUP; seed++) {
      const folder = path.join(root, String(seed))
      const result = await runWorld(seed, folder).catch((error: Error) => {
        throw new Error(`seed ${seed}: ${error.message}`, { cause: error })
      })
      expect(result.counted, `seed ${seed}`).toEqual(result.expected)
      expect(result.expected.length).toBeGreaterThan(10)
      deaths += result.deaths
      rmSync(folder, { recursive: true, force: true })
    }
    expect(deaths).toBeGreaterThan(GROUP)
  },
  120_000,
)
