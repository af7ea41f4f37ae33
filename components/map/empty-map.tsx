'use client'
// What the map page says when it has nothing to draw: why, and what to do about it.
import { useLive } from '../shell/live.tsx'
import { CopyBlock } from '../ui/copy-block.tsx'
import { WINDOW_LABELS, type Window } from './windows.ts'

/** How an OpenTelemetry Collector names a variable of its environment. */
const INGEST_TOKEN = ['$', '{env:STRAYLINE_INGEST_TOKEN}'].join('')

/** Where senders reach the collector. */
export type CollectorAddress = {
  readonly host: string
  readonly grpcPort: number
  readonly httpPort: number
  readonly needsToken: boolean
}

/** Nothing has ever come in. */
export function FirstSteps({ collector }: { readonly collector: CollectorAddress }) {
  const { pulse } = useLive()
  const grpc = `http://${collector.host}:${collector.grpcPort}`
  const http = `http://${collector.host}:${collector.httpPort}`
  const token = collector.needsToken
    ? '\nexport OTEL_EXPORTER_OTLP_HEADERS="authorization=Bearer $STRAYLINE_INGEST_TOKEN"'
    : ''
  return (
    <div className="mx-auto flex w-full max-w-2xl flex-col gap-5 overflow-y-auto p-6 sm:py-12">
      <div>
        <h2 className="text-lg font-semibold">No spans have arrived yet</h2>
        <p className="mt-1 text-muted">
          The map draws itself from OpenTelemetry traces. Point an SDK or an OpenTelemetry Collector
          here; the first edge appears within seconds of the first call.
        </p>
      </div>
      <Step title="From an SDK, over gRPC">
        <CopyBlock
          label="SDK settings for gRPC"
          text={`export OTEL_EXPORTER_OTLP_PROTOCOL=grpc\nexport OTEL_EXPORTER_OTLP_ENDPOINT=${grpc}${token}`}
        />
      </Step>
      <Step title="From an SDK, over HTTP">
        <CopyBlock
          label="SDK settings for HTTP"
          text={`export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf\nexport OTEL_EXPORTER_OTLP_ENDPOINT=${http}${token}`}
        />
      </Step>
      <Step title="From an OpenTelemetry Collector, beside your other exporters">
        <CopyBlock label="Collector exporter" text={exporterYaml(collector)} />
      </Step>
      <p role="status" className="flex items-center gap-2.5 text-[13px] text-muted">
        <span
          aria-hidden
          className="size-2 animate-pulse rounded-full border-[1.5px] border-muted"
        />
        {pulse?.sequence
          ? `Spans have come in (${pulse.sequence} commits), but no service has been named yet.`
          : 'Waiting for the first span…'}
      </p>
    </div>
  )
}

function exporterYaml({ host, grpcPort, needsToken }: CollectorAddress): string {
  const headers = needsToken ? `\n    headers:\n      authorization: Bearer ${INGEST_TOKEN}` : ''
  return `exporters:\n  otlp/strayline:\n    endpoint: ${host}:${grpcPort}\n    tls:\n      insecure: true${headers}`
}

function Step({ title, children }: { readonly title: string; readonly children: React.ReactNode }) {
  return (
    <section>
      <h3 className="mb-1.5 text-[13px] font-medium">{title}</h3>
      {children}
    </section>
  )
}

/** There is a graph, but nothing of it in this window. */
export function QuietWindow({ window }: { readonly window: string }) {
  const label = window in WINDOW_LABELS ? WINDOW_LABELS[window as Window] : window
  return (
    <EmptyNote title={`No calls in the last ${label}`}>
      Choose a longer window, or another environment. The header says whether the collector is
      heard.
    </EmptyNote>
  )
}

export const DRAWN_NODES_MAX = 600

/** More nodes than anybody can read. */
export function TooManyNodes({ nodes, edges }: { readonly nodes: number; readonly edges: number }) {
  return (
    <EmptyNote title="Too large to draw as one map">
      This view has {nodes} nodes and {edges} edges; more than {DRAWN_NODES_MAX} cannot be read.
      Search for a service to draw only what it touches, or use the table, which has everything.
    </EmptyNote>
  )
}

function EmptyNote({
  title,
  children,
}: {
  readonly title: string
  readonly children: React.ReactNode
}) {
  return (
    <div className="grid h-full place-items-center p-6">
      <div className="max-w-md text-center">
        <h2 className="text-[15px] font-semibold">{title}</h2>
        <p className="mt-1.5 text-muted">{children}</p>
      </div>
    </div>
  )
}
