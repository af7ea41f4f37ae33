// What the one web process shares between app/server.ts, which Node runs as it is, and the pages and
// routes, which Next bundles: two module graphs, one globalThis. Nothing else is global.
import type { RunBacktest } from './backtest/backtest-queue.ts'
import type { WebConfig } from './config.ts'
import type { LayOutDrawing } from './export/lay-out.ts'

export type WebProcess = {
  readonly config: WebConfig
  /** The port listened on. */
  readonly port: number
  /** Origin and path that browsers use, without trailing slash. */
  readonly publicUrl: string
  readonly authSecret: string
  /** Where the product's files are. */
  readonly rootDir: string
  /** Places the parts of a drawing, in a thread. */
  readonly layOutDrawing: LayOutDrawing
  /** Computes a backtest, in a thread. */
  readonly backtest: RunBacktest
  /** Ends every open event stream; set by the first one. */
  closeStreams: (() => void) | null
  /** Set when the process is asked to stop: new streams are refused. */
  isStopping: boolean
  /** Clients and the like, made once by the bundled side under their own keys. */
  readonly made: Map<string, unknown>
}

const KEY = Symbol.for('strayline.web')
type Holder = { [KEY]?: WebProcess }

/** Called once, by app/server.ts, when the port is known. */
export function setWebProcess(web: WebProcess): void {
  ;(globalThis as Holder)[KEY] = web
}

/** Errors: throws when the pages were not started by app/server.ts. */
export function webProcess(): WebProcess {
  const web = (globalThis as Holder)[KEY]
  if (!web) throw new Error('the web process is started by app/server.ts (npm start)')
  return web
}

/** The process's one value under `key`, made at the first call. */
export function oncePerProcess<T>(key: string, make: () => T): T {
  const { made } = webProcess()
  if (!made.has(key)) made.set(key, make())
  return made.get(key) as T
}
