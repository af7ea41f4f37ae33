// The fold: spans in, changes of the graph out. The graph is the sum over traces of a pure function
// of what is known of each (evaluate.ts); this file says when a trace is evaluated, and that a late
// span emits the difference. Time is an argument; state and output are functions of the sequence of
// calls alone, so that a restart that repeats it arrives at the same place. Source: EDGES.md section 4.
import type { GraphDelta } from '../graph/edge.ts'
import type { SpanBatch } from '../span/batch.ts'
import * as sampling from '../span/sampling.ts'
import { type Accumulator, createAccumulator } from './accumulator.ts'
import { createShapeCache, internShapes, type ShapeCache } from './batch-shapes.ts'
import { SPAN_CLASSES, type SpanClass } from './calls.ts'
import { createDraft, type Draft } from './draft.ts'
import { drainAccumulator } from './drain.ts'
import { type Results, serviceNode } from './emit.ts'
import { createGraphMemory, type GraphMemory } from './graph-memory.ts'
import { createPairTable, type HashKeys, type PairTable } from './hash.ts'
import { insertSpans } from './insert.ts'
import { createInsertDesk, type InsertDesk } from './insert-desk.ts'
import { instancesOf } from './instances.ts'
import { hasTags, noteInstance, noteNode, noteTags, noteVersion } from './node-sums.ts'
import type { FoldOptions } from './options.ts'
import { createShapeTable, type ShapeTable } from './shape.ts'
import { createShapeWords, followShapes, type ShapeWords } from './shape-words.ts'
import { createStore, type Store } from './store.ts'
import * as sumWords from './sum-words.ts'
import { advanceTraces, finishTraces } from './timing.ts'
import { createWheel, type Wheel } from './wheel.ts'
import type { Incoming } from './write-span.ts'

const { WEIGHT_ONE } = sampling
const { COUNTED_NUMBERS } = sumWords

/** What a fold remembers. */
export type FoldState = {
  readonly options: FoldOptions
  readonly store: Store
  readonly table: ShapeTable
  readonly shapeWords: ShapeWords
  readonly memory: GraphMemory
  readonly wheel: Wheel
  readonly pending: Accumulator
  /** Results to take back when a changed trace is evaluated again, by its row. */
  readonly before: Map<number, Results>
  /** Pairs of faces that have met: see presence.ts. */
  readonly metFaces: PairTable
  readonly tallies: Tallies
  nowMs: number
}

/** What a fold works with, and can always make anew. */
type FoldTools = {
  readonly keys: HashKeys
  readonly draft: Draft
  /** Room for one call on its way to the sums. */
  readonly counted: Float64Array
  readonly insertDesk: InsertDesk
  readonly shapeCache: ShapeCache
}

export type Fold = FoldState & FoldTools

/** Counted by the fold itself; foldCounters adds what the stores know. */
export type Tallies = {
  accepted: number
  duplicate: number
  /** In memory and not yet held. */
  pending: number
  evictedEarly: number
  forgottenEarly: number
  corrected: number
  clockSkewed: number
  linksCut: number
  /** In the order of SPAN_CLASSES. */
  readonly classTotals: number[]
}

/**
 * A fold that knows nothing. seed: 32 bits that senders do not know, so that they cannot choose ids that
 * collide; it decides where things lie in memory and nothing else. The default is for trusted input.
 */
export function createFold(options: FoldOptions, seed = 0): Fold {
  return equip({
    options,
    store: createStore(options, seed),
    table: createShapeTable(options),
    shapeWords: createShapeWords(),
    memory: createGraphMemory(),
    wheel: createWheel(Math.min(options.quietMs, options.holdMs)),
    pending: createAccumulator(),
    before: new Map(),
    metFaces: createPairTable(),
    tallies: {
      accepted: 0,
      duplicate: 0,
      pending: 0,
      evictedEarly: 0,
      forgottenEarly: 0,
      corrected: 0,
      clockSkewed: 0,
      linksCut: 0,
      classTotals: SPAN_CLASSES.map(() => 0),
    },
    nowMs: 0,
  })
}

/** Gives a state what it is worked with. */
export function equip(state: FoldState): Fold {
  const { store, shapeWords, table } = state
  return Object.assign(state, {
    keys: store.hashKeys,
    draft: createDraft(store, shapeWords, table.transparent),
    counted: new Float64Array(COUNTED_NUMBERS),
    insertDesk: createInsertDesk(),
    shapeCache: createShapeCache(),
  })
}

/**
 * Takes in a batch that arrived at nowMs (unix ms, never decreasing). Shapes: spans in any order, may
 * repeat. Emits nothing by itself: call advanceFold after it, or, offline, finishFold at the end.
 * Never throws on input.
 */
export function foldBatch(fold: Fold, batch: SpanBatch, nowMs: number): void {
  fold.nowMs = Math.max(fold.nowMs, nowMs)
  const shapes = internShapes(fold.shapeCache, fold.keys, fold.table, batch)
  followShapes(fold.shapeWords, fold.table)
  const instances = instancesOf(batch)
  insertSpans(fold, batch, { shapes, instances })
  noteServices(fold, batch, { shapes, instances })
}

/** Emits what is due by nowMs (unix ms): new edges at once, proved calls after quiet, the rest after the hold. */
export function advanceFold(fold: Fold, nowMs: number): void {
  fold.nowMs = Math.max(fold.nowMs, nowMs)
  advanceTraces(fold)
}

/** Emits everything as final and forgets all traces: the end of a file, or a change of settings. */
export function finishFold(fold: Fold): void {
  finishTraces(fold)
}

/** All that was emitted since it was last asked; null when nothing was. Sums, so deltas commute. */
export function takeDelta(fold: Fold): GraphDelta | null {
  return drainAccumulator(fold.pending, fold.memory, fold.shapeWords)
}

export type FoldCounters = Readonly<
  Record<
    | 'accepted'
    | 'duplicate'
    | 'pending'
    | SpanClass
    | 'evictedEarly'
    | 'forgottenEarly'
    | 'corrected'
    | 'clockSkewed'
    | 'linksCut'
    | 'overflowedShapes'
    | 'overflowedEnvironments'
    | 'overflowedNodes'
    | 'overflowedEdges'
    | 'overflowedOperations',
    number
  >
>

/** The accounting identity (DESIGN section 2): accepted = duplicate + pending + the final classes. */
export function foldCounters(fold: Fold): FoldCounters {
  const { classTotals, ...tallies } = fold.tallies
  const classes = Object.fromEntries(SPAN_CLASSES.map((name, i) => [name, classTotals[i]!]))
  return {
    ...tallies,
    ...(classes as Record<SpanClass, number>),
    overflowedShapes: fold.table.overflows,
    overflowedEnvironments: fold.memory.overflowedEnvironments,
    overflowedNodes: fold.memory.overflowedNodes,
    overflowedEdges: fold.memory.overflowedEdges,
    overflowedOperations: fold.memory.overflowedOperations,
  }
}

const SAMPLED = 1
const WHOLE = 2

/** A service is on the map as soon as it sends spans, edges or not. */
function noteServices(
  fold: Fold,
  batch: SpanBatch,
  { shapes, instances }: Pick<Incoming, 'shapes' | 'instances'>,
): void {
  const { memory, nowMs } = fold
  const seen = new Uint8Array(batch.resourceSets.length)
  for (let span = 0; span < batch.count; span++) {
    const resource = batch.resources[span]!
    const sampling = batch.weights[span]! > WEIGHT_ONE ? SAMPLED : WHOLE
    if (seen[resource]! & sampling) continue
    seen[resource]! |= sampling
    const { service, version } = fold.table.shapes[shapes[span]!]!
    // A proxy is a node only where a call stays its own, and only as long as it does.
    if (service < 0 || fold.table.transparent.has(service)) continue
    const node = serviceNode(fold, service)
    const sums = noteNode(fold.pending, node, nowMs)
    sums.isObserved = true
    if (sampling === SAMPLED) sums.isSampled = true
    else sums.isWhole = true
    noteVersion(memory, node, sums, version)
    noteInstance(memory, node, sums, instances[resource]!)
    const set = batch.resourceSets[resource]!
    if (hasTags(set)) noteTags(memory, node, sums, { set, strings: batch.strings, nowMs })
  }
}
