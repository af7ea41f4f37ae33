// Spans of Strayline's own work, for who makes them. Off, which is the default, each is one function call and no
// library is loaded; on, start.ts has put a tracing here. The bundled pages and the plain files of the web process
// are two module graphs, so it hangs on globalThis.

/** By the names of the OpenTelemetry semantic conventions. */
export type SpanAttributes = { readonly [name: string]: string | number }

export type OwnSpan = {
  /** Few and fixed: never a name, statement or value that came from outside. */
  readonly name: string
  readonly kind: 'internal' | 'server' | 'client'
  readonly attributes: SpanAttributes
}

/** Adds to a span what is known only at the end. */
export type Annotate = (attributes: SpanAttributes, isError: boolean) => void

export type Tracing = {
  readonly inSpan: <T>(span: OwnSpan, work: (annotate: Annotate) => Promise<T>) => Promise<T>
  /** A span of work that is done; startMs: unix ms. */
  readonly note: (span: OwnSpan & { readonly startMs: number }) => void
  readonly untraced: <T>(work: () => T) => T
  /** Runs the work as part of the trace that these request headers name. */
  readonly inTraceOf: <T>(headers: Readonly<Record<string, unknown>>, work: () => T) => T
  /** The service names under which this installation sends its spans. */
  readonly ownServices: ReadonlySet<string>
}

const KEY = Symbol.for('strayline.tracing')
const holder = globalThis as { [KEY]?: Tracing }

/** Null when tracing is off. */
export function tracing(): Tracing | null {
  return holder[KEY] ?? null
}

/** Called by start.ts alone. */
export function setTracing(tracing: Tracing): void {
  holder[KEY] = tracing
}

/** Runs the work inside a span that ends with it; a rejection makes it an error, by its code alone. */
export function inSpan<T>(span: OwnSpan, work: () => Promise<T>): Promise<T> {
  return tracing()?.inSpan(span, work) ?? work()
}

/** Runs the work without any span, whoever asked for it: for what our own telemetry brings about. */
export function untraced<T>(work: () => T): T {
  const active = tracing()
  return active ? active.untraced(work) : work()
}
