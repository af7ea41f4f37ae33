// The layout a browser keeps for each environment, so that the map stays where it was across refresh and
// baseline versions. Keyed by the ids of nodes and edges; nothing in it is trusted when it is read back.
import type { Point } from '../../core/export/layout.ts'

const VERSION = 2
const NODES_MAX = 5000

export type StoredLayout = {
  /** Centres by node id. */
  readonly positions: ReadonlyMap<string, Point>
  /** Routes by edge id; dropped when an end moves. */
  readonly routes: ReadonlyMap<string, readonly Point[]>
  /** Somebody has moved a node by hand. */
  readonly isArranged: boolean
}

export const EMPTY_LAYOUT: StoredLayout = {
  positions: new Map(),
  routes: new Map(),
  isArranged: false,
}

const key = (environment: string) => `strayline.layout.${environment}`

/** What is kept for an environment; empty when there is nothing or it is damaged. */
export function loadLayout(storage: Storage, environment: string): StoredLayout {
  try {
    const kept: unknown = JSON.parse(storage.getItem(key(environment)) ?? 'null')
    if (!isRecord(kept) || kept.version !== VERSION) return EMPTY_LAYOUT
    return {
      positions: readMap(kept.positions, readPoint),
      routes: readMap(kept.routes, readRoute),
      isArranged: kept.isArranged === true,
    }
  } catch {
    // Storage may be forbidden, and the text may be cut: both mean that nothing is kept.
    return EMPTY_LAYOUT
  }
}

/** Keeps a layout. A full or forbidden storage is not an error: the map is laid out anew next time. */
export function saveLayout(storage: Storage, environment: string, layout: StoredLayout): void {
  if (layout.positions.size > NODES_MAX) return
  try {
    storage.setItem(
      key(environment),
      JSON.stringify({
        version: VERSION,
        positions: Object.fromEntries(layout.positions),
        routes: Object.fromEntries(layout.routes),
        isArranged: layout.isArranged,
      }),
    )
  } catch {
    // Full or forbidden.
  }
}

function readMap<T>(value: unknown, read: (entry: unknown) => T | null): Map<string, T> {
  const map = new Map<string, T>()
  if (!isRecord(value)) return map
  for (const [id, entry] of Object.entries(value)) {
    const good = read(entry)
    if (good !== null) map.set(id, good)
  }
  return map
}

function readPoint(value: unknown): Point | null {
  if (!isRecord(value)) return null
  const { x, y } = value
  return Number.isFinite(x) && Number.isFinite(y) ? { x: Number(x), y: Number(y) } : null
}

function readRoute(value: unknown): readonly Point[] | null {
  if (!Array.isArray(value)) return null
  const points = value.map(readPoint)
  return points.every((point) => point !== null) ? points : null
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
