// A run of the simulation: requests are sent until they are acknowledged, while the collector dies again and
// again at moments of the seed's choosing; in the end what the database holds must be what one uninterrupted
// fold of the acknowledged requests gives. Everything follows from the seed.
import { createHash } from 'node:crypto'
import path from 'node:path'
import { appendRequest, appendTick } from '../../../collector/journal/journal.ts'
import {
  advanceFold,
  createFold,
  finishFold,
  foldBatch,
  takeDelta,
} from '../../../core/fold/fold.ts'
import { DEFAULT_FOLD_OPTIONS, type FoldOptions } from '../../../core/fold/options.ts'
import type { SpanBatch } from '../../../core/span/batch.ts'
import { encodeBatch } from '../../../core/span/record.ts'
import { damageNewestSnapshot } from '../damage.ts'
import { createRandom, pickBelow, type Random } from '../random.ts'
import { crashDisk, createDisk } from './disk.ts'
import { addToLedger, createLedger, type Ledger, readLedger } from './ledger.ts'
import { beginLife, type CommitFault, type Life, type Machine } from './life.ts'
import { createTraffic, type Halves } from './traffic.ts'

type Request = {
  readonly payload: Uint8Array
  readonly digest: Uint8Array
  isAcknowledged: boolean
}

type World = {
  readonly random: Random
  readonly machine: Machine
  readonly halves: Halves
  readonly requests: readonly Request[]
  deaths: number
}

export type WorldResult = {
  readonly counted: ReturnType<typeof readLedger>
  readonly expected: ReturnType<typeof readLedger>
  readonly deaths: number
}

/** A moment after all spans of the traffic ended, unix ms. */
const START_MS = 1_760_000_060_000
const LATE_WINDOW_MS = 600_000
const LIVES_MAX = 4
const ACTIONS_MAX = 12
const STEP_MS_MAX = 2_500
const COMMIT_FAULTS: readonly CommitFault[] = ['diedBefore', 'diedAfter']
const RETRY_FAULTS: readonly CommitFault[] = ['retriedBefore', 'retriedAfter']
const NEVER_MS = 1e12

/** Runs one seed in an empty folder. Errors: what no collector may do, as said by who saw it. */
export async function runWorld(seed: number, folder: string): Promise<WorldResult> {
  const random = createRandom(seed)
  const halves: Halves = random() < 0.75 ? 'apart' : 'together'
  const batches = createTraffic(random, halves)
  const machine = createMachine(random, folder)
  const requests = batches.map((batch, at) => toRequest(batch, at))
  const world: World = { random, machine, halves, requests, deaths: 0 }
  for (let life = 0; life < LIVES_MAX; life++) await liveAndDie(world)
  await liveToTheEnd(world)
  const expected = foldUninterrupted(batches, machine.foldOptions)
  return {
    counted: readLedger(machine.ledger),
    expected: readLedger(expected),
    deaths: world.deaths,
  }
}

function createMachine(random: Random, folder: string): Machine {
  const isEager = random() < 0.5
  const snapshotBytes = () => {
    const bytes = 1 + pickBelow(random, 20_000)
    return { min: bytes, max: bytes }
  }
  return {
    folder,
    disk: createDisk(random),
    ledger: createLedger(),
    clocks: { wallMs: START_MS, monotonicMs: 0 },
    foldOptions: createOptions(3_000),
    commitFault: 'none',
    pace: {
      commitIntervalMs: isEager ? 0 : NEVER_MS,
      idleCommitIntervalMs: random() < 0.5 ? 0 : NEVER_MS,
      snapshotIntervalMs: random() < 0.3 ? 0 : NEVER_MS,
      snapshotBytes: snapshotBytes(),
      uncommittedBytesMax: 1 + pickBelow(random, 8_000),
    },
    journalBytesMax: random() < 0.5 ? 6_000 + pickBelow(random, 10_000) : 10_000_000,
  }
}

function createOptions(holdMs: number): FoldOptions {
  const times = { holdMs, quietMs: 200, lateWindowMs: LATE_WINDOW_MS }
  return { ...DEFAULT_FOLD_OPTIONS, ...times, pendingSpansMax: 10_000, shapesMax: 1_000 }
}

function toRequest(batch: SpanBatch, at: number): Request {
  const digest = createHash('sha256').update(`request ${at}`).digest()
  return { payload: encodeBatch(batch), digest, isAcknowledged: false }
}

async function liveAndDie(world: World): Promise<void> {
  const { machine, random } = world
  if (random() < 0.1) machine.disk.dieAfter = 1 + pickBelow(random, 4)
  if (random() < 0.1) machine.commitFault = COMMIT_FAULTS[pickBelow(random, 2)]!
  const life = await beginLife(machine).catch((error: unknown) => {
    if (!machine.disk.isDead) throw error
    return null
  })
  if (life) await act(world, life)
  machine.commitFault = 'none'
  await crashDisk(machine.disk)
  if (random() < 0.5) damageNewestSnapshot(path.join(machine.folder, 'snapshots'), random)
  // Settings change between lives only where no trace can be cut in two by it.
  if (world.halves === 'together' && random() < 0.3)
    machine.foldOptions = createOptions(2_000 + pickBelow(random, 4) * 500)
}

async function act(world: World, life: Life): Promise<void> {
  const { machine, random } = world
  checkRestored(world, life)
  const actions = 1 + pickBelow(random, ACTIONS_MAX)
  for (let action = 0; action < actions && !machine.disk.isDead; action++) {
    passTime(world)
    const choice = random()
    if (choice < 0.4) await sendSome(world, life)
    else if (choice < 0.6) await appendTick(life.journal).catch(() => {})
    else if (choice < 0.9) await life.pump()
    else if (choice < 0.95) machine.disk.dieAfter = 1 + pickBelow(random, 6)
    else if (choice < 0.995) machine.commitFault = COMMIT_FAULTS[pickBelow(random, 2)]!
    else machine.commitFault = RETRY_FAULTS[pickBelow(random, 2)]!
  }
  if (random() < 0.25 && !machine.disk.isDead) {
    await life.stop()
    return
  }
  world.deaths++
  await life.kill()
}

/** Nothing that was committed or acknowledged may be missing after a crash. */
function checkRestored(world: World, life: Life): void {
  const { findings } = life.restored
  if (findings.gapBytes > 0 || findings.isStateLost || findings.start === 'gap')
    throw new Error(`lost after a crash: ${JSON.stringify(findings)}`)
  if (findings.start === 'drained' && world.halves === 'apart')
    throw new Error('drained although the settings are the same')
}

function passTime(world: World): void {
  const { clocks } = world.machine
  const passedMs = world.random() * STEP_MS_MAX
  clocks.monotonicMs += passedMs
  clocks.wallMs += passedMs
  // The wall clock is set: back or forward, far less than the late window in all.
  if (world.random() < 0.03) clocks.wallMs += (world.random() - 0.6) * 20_000
}

async function sendSome(world: World, life: Life): Promise<void> {
  const { random, requests } = world
  const count = 1 + pickBelow(random, 4)
  const chosen = Array.from({ length: count }, () => requests[pickBelow(random, requests.length)]!)
  await Promise.all(chosen.map((request) => send(request, life)))
}

/** A client that keeps what was refused, and may send again what was taken: its answer got lost. */
async function send(request: Request, life: Life): Promise<void> {
  const { payload, digest } = request
  await appendRequest(life.journal, { payload, digest, rejected: 0 }).then(
    () => {
      request.isAcknowledged = true
    },
    () => {},
  )
}

async function liveToTheEnd(world: World): Promise<void> {
  const { machine, requests } = world
  const life = await beginLife(machine)
  checkRestored(world, life)
  for (let round = 0; requests.some((request) => !request.isAcknowledged); round++) {
    if (round > 20) throw new Error('a request is refused for ever')
    for (const request of requests) if (!request.isAcknowledged) await send(request, life)
    await appendTick(life.journal)
    await life.pump()
  }
  machine.clocks.wallMs += 2 * LATE_WINDOW_MS
  await appendTick(life.journal)
  if (!(await life.stop())) throw new Error('the last stop did not complete')
}

function foldUninterrupted(batches: readonly SpanBatch[], options: FoldOptions): Ledger {
  const fold = createFold(options)
  for (const batch of batches) foldBatch(fold, batch, START_MS)
  advanceFold(fold, START_MS + 2 * LATE_WINDOW_MS)
  finishFold(fold)
  const ledger = createLedger()
  const delta = takeDelta(fold)
  if (delta) addToLedger(ledger, delta)
  return ledger
}
