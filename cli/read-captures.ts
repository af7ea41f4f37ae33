// Trace files -> one graph, offline: what `graph`, `baseline`, `diff` and `check` begin with. All files together
// are one stream. The clock stands still, so that everything is final at the end and equal spans in any order give
// the same graph; only the conformance form moves it past the hold, where a case says so.
import { readFile } from 'node:fs/promises'
import type { Knobs } from '../core/config/knobs.ts'
import type { Counters } from '../core/export/json.ts'
import {
  advanceFold,
  createFold,
  type Fold,
  finishFold,
  foldBatch,
  foldCounters,
  takeDelta,
} from '../core/fold/fold.ts'
import { DEFAULT_FOLD_OPTIONS, type FoldOptions } from '../core/fold/options.ts'
import { graphFromDelta } from '../core/graph/from-delta.ts'
import type { Graph } from '../core/graph/graph.ts'
import { DEFAULT_DECODE_LIMITS } from '../core/span/batch.ts'
import type { CaptureRequest } from '../core/span/import/value.ts'
import { readCaptureFile } from './capture-file.ts'
import { describeSystemError } from './system-error.ts'
import { clearProgress, complain, showProgress } from './terminal.ts'

/** As a command line names it. */
export const STDIN = '-'
/** Nothing may be dropped or finalised early offline, else order would matter. */
const OPTIONS: FoldOptions = {
  ...DEFAULT_FOLD_OPTIONS,
  examples: 'lowestHash',
  shapesMax: 1_000_000_000,
  pendingSpansMax: 1_000_000_000,
  environmentsMax: 1_000_000_000,
  nodesMax: 1_000_000_000,
  externalHostsMax: 1_000_000_000,
  edgesMax: 1_000_000_000,
  operationsPerEdgeMax: 1_000_000_000,
}
/** A file with more problems than this names the first ones only. */
const COMPLAINTS_MAX = 20

export type CapturesRequest = {
  readonly files: readonly string[]
  /** What spans mean: the collector's settings of the same names. */
  readonly knobs?: Knobs
}
export type ReadCaptures = {
  readonly graph: Graph
  /** Of the fold and of the reading. */
  readonly counters: Counters
}

type Reading = {
  readonly fold: Fold
  readonly counts: { requests: number; rejected: number; linksCut: number; unreadable: number }
  nowMs: number
}

/** Null when nothing at all could be read. What could not be is told on stderr, with its place. */
export async function readCaptures(request: CapturesRequest): Promise<ReadCaptures | null> {
  const reading: Reading = {
    fold: createFold({ ...OPTIONS, ...request.knobs }),
    counts: { requests: 0, rejected: 0, linksCut: 0, unreadable: 0 },
    nowMs: 0,
  }
  for (const file of request.files) await foldFile(reading, file)
  clearProgress()
  return reading.counts.requests === 0 ? null : finish(reading)
}

function finish({ fold, counts }: Reading): ReadCaptures {
  finishFold(fold)
  const graph = graphFromDelta(takeDelta(fold) ?? { nodes: [], edges: [], exemplars: [] })
  // The clock stands at 0 here, so that every span counts as skewed: a number without meaning.
  const { clockSkewed: _, ...classes } = foldCounters(fold)
  return { graph, counters: { ...classes, ...counts } }
}
async function foldFile(reading: Reading, file: string): Promise<void> {
  const name = nameOfFile(file)
  showProgress(`reading ${name}`)
  const content = await readContent(file)
  if (!content.ok) {
    complain(`${name}: ${content.reason}`)
    reading.counts.unreadable++
    return
  }
  let problems = 0
  const limits = { ...DEFAULT_DECODE_LIMITS, peerKeys: reading.fold.options.peerKeys }
  for (const request of readCaptureFile(content.bytes, limits)) {
    if (request.ok) foldRequest(reading, request)
    else if (++problems <= COMPLAINTS_MAX) {
      const place = [name, request.place].filter((part) => part !== '').join(': ')
      complain(`${place}: ${request.reason}`)
    }
    showProgress(`reading ${name}: ${reading.counts.requests} requests`)
  }
  if (problems > COMPLAINTS_MAX) complain(`${name}: ${problems - COMPLAINTS_MAX} more of these`)
  reading.counts.unreadable += problems
}

function foldRequest(reading: Reading, request: CaptureRequest & { readonly ok: true }): void {
  const { fold, counts } = reading
  if (request.advance === 'hold') {
    reading.nowMs += OPTIONS.holdMs + OPTIONS.quietMs
    advanceFold(fold, reading.nowMs)
  }
  foldBatch(fold, request.batch, reading.nowMs)
  counts.requests++
  counts.rejected += request.counts.rejected
  counts.linksCut += request.counts.linksCut
}

/** As people are told. */
export function nameOfFile(file: string): string {
  return file === STDIN ? 'standard input' : file
}

type Content =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly reason: string }

async function readContent(file: string): Promise<Content> {
  try {
    return { ok: true, bytes: file === STDIN ? await readStdin() : await readFile(file) }
  } catch (error) {
    return { ok: false, reason: describeSystemError(error) }
  }
}

async function readStdin(): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(chunk)
  return Buffer.concat(chunks)
}
