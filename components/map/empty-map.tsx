'use client'
// What the map page says when it has nothing to draw: why, and what to do about it.
import { Cable, FileUp, type LucideIcon } from 'lucide-react'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { WINDOW_LABELS, type Window } from './windows.ts'

/** Nothing has ever come in. demoCard: the way that needs nothing of one's own. */
export function FirstSteps({ demoCard }: { readonly demoCard: ReactNode }) {
  return (
    <div className="mx-auto flex w-full max-w-3xl flex-col gap-5 overflow-y-auto p-6 sm:py-12">
      <div>
        <h2 className="text-lg font-semibold">No traces have arrived yet</h2>
        <p className="mt-1 text-muted">
          The map draws itself from OpenTelemetry traces: the first edge appears within seconds of
          the first call.
        </p>
      </div>
      <ul className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
        {demoCard ? <li className="contents">{demoCard}</li> : null}
        <li className="contents">
          <WayCard
            href="/connect"
            Icon={Cable}
            title="Connect your services"
            text="A few lines of configuration for an SDK or an OpenTelemetry Collector, ready to copy."
          />
        </li>
        <li className="contents">
          <WayCard
            href="/import"
            Icon={FileUp}
            title="Import a trace file"
            text="A recording from Jaeger, Zipkin, Tempo or OpenTelemetry becomes a map of its own."
          />
        </li>
      </ul>
      <Waiting />
    </div>
  )
}

type WayCardProps = {
  readonly href: string
  readonly Icon: LucideIcon
  readonly title: string
  readonly text: string
}

function WayCard({ href, Icon, title, text }: WayCardProps) {
  return (
    <Link
      prefetch={false}
      href={href}
      className="flex flex-col gap-2 rounded-xl border bg-surface p-5 hover:bg-hover"
    >
      <Icon size={22} aria-hidden className="text-muted" />
      <span className="font-semibold">{title}</span>
      <span className="text-[13px] text-muted">{text}</span>
    </Link>
  )
}

function Waiting() {
  return (
    <p role="status" className="flex items-center gap-2.5 text-[13px] text-muted">
      <span aria-hidden className="size-2 animate-pulse rounded-full border-[1.5px] border-muted" />
      Waiting for the first span…
    </p>
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
      Find a service to draw only what it touches, hide what does not matter (namespace = …), or use
      the table, which has everything.
    </EmptyNote>
  )
}

/** A query hides every node. */
export function AllHidden({ onClear }: { readonly onClear: () => void }) {
  return (
    <EmptyNote title="Everything is hidden">
      What is written under Hide fits every node of this view.{' '}
      <button type="button" onClick={onClear} className="underline underline-offset-2">
        Clear it
      </button>
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
