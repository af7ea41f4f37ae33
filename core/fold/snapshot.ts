// The state of a fold as a plain value, without what can be made anew and without room that is not used.
import type { Accumulator } from './accumulator.ts'
import { equip, type Fold, type FoldState } from './fold.ts'
import { type HashKeys, loadPairs, savePairs } from './hash.ts'
import { loadIndex, loadRecords, saveIndex, saveRecords } from './records.ts'
import * as sumWords from './sum-words.ts'

const { BUCKET_WORDS, EDGE_WORDS } = sumWords

type SavedFold = ReturnType<typeof saveState>

/** The whole state as a plain value that structured clone (and v8.serialize) takes as it is. */
export function saveFold(fold: Fold): unknown {
  return saveState(fold)
}

/** The counterpart of saveFold. saved: made by this FOLD_VERSION under equal options, and trusted. */
export function loadFold(saved: unknown): Fold {
  const { store, memory, pending, metFaces, ...state } = saved as SavedFold
  const { hashKeys } = store
  return equip({
    ...state,
    store: {
      ...store,
      spans: loadRecords(store.spans),
      traces: loadRecords(store.traces),
      links: loadRecords(store.links),
      traceIndex: loadIndex(store.traceIndex),
      linksOfSpan: loadIndex(store.linksOfSpan),
      largeTraces: new Map(store.largeTraces.map(([trace, ids]) => [trace, loadIndex(ids)])),
    },
    memory: {
      ...memory,
      endNodes: loadPairs(memory.endNodes, hashKeys),
      edgeByEnds: loadPairs(memory.edgeByEnds, hashKeys),
      operationByEdge: loadPairs(memory.operationByEdge, hashKeys),
    },
    pending: loadSums(pending, hashKeys),
    metFaces: loadPairs(metFaces, hashKeys),
  })
}

function saveState(fold: Fold) {
  const { keys, draft, counted, insertDesk, shapeCache, ...state } = fold
  const { store, memory, pending, metFaces } = state
  const saved: Omit<FoldState, 'store' | 'memory' | 'pending' | 'metFaces'> = state
  return {
    ...saved,
    store: {
      ...store,
      spans: saveRecords(store.spans),
      traces: saveRecords(store.traces),
      links: saveRecords(store.links),
      traceIndex: saveIndex(store.traceIndex),
      linksOfSpan: saveIndex(store.linksOfSpan),
      largeTraces: Array.from(
        store.largeTraces,
        ([trace, ids]) => [trace, saveIndex(ids)] as const,
      ),
    },
    memory: {
      ...memory,
      endNodes: savePairs(memory.endNodes),
      edgeByEnds: savePairs(memory.edgeByEnds),
      operationByEdge: savePairs(memory.operationByEdge),
    },
    pending: saveSums(pending),
    metFaces: savePairs(metFaces),
  }
}

/** The sums as a snapshot keeps them: without the room that is not used. */
function saveSums({ edgeCount, bucketCount, ...sums }: Accumulator) {
  return {
    ...sums,
    edgeCount,
    bucketCount,
    edgeWords: sums.edgeWords.slice(0, edgeCount * EDGE_WORDS),
    edgeTimes: sums.edgeTimes.slice(0, 2 * edgeCount),
    bucketWords: sums.bucketWords.slice(0, bucketCount * BUCKET_WORDS),
    buckets: savePairs(sums.buckets),
  }
}

function loadSums(saved: ReturnType<typeof saveSums>, keys: HashKeys): Accumulator {
  return { ...saved, buckets: loadPairs(saved.buckets, keys) }
}
