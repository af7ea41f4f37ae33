'use client'
// How far an import is, and how it ended.
import { CircleCheck, CircleSlash, CircleX } from 'lucide-react'
import Link from 'next/link'
import { useEffect, useState } from 'react'
import { readView } from '../map/use-map-view.ts'
import { buttonClass } from '../ui/button.ts'
import { Name } from '../ui/name.tsx'
import { formatBytes, formatCount, plural } from '../ui/numbers.ts'
import type { ImportView } from './import-view.ts'

export function ImportProgress({
  view,
  onCancel,
}: {
  readonly view: ImportView
  /** Null for who may only look. */
  readonly onCancel: (() => void) | null
}) {
  const { text, part } = sayStep(view)
  return (
    <section aria-label="Import" className="flex flex-col gap-3 rounded-xl border bg-surface p-5">
      <Heading view={view} />
      <progress
        aria-label="Progress"
        max={1}
        {...(part === null ? {} : { value: part })}
        className="h-1.5 w-full appearance-none overflow-hidden rounded-full bg-line indeterminate:animate-pulse indeterminate:bg-muted [&::-moz-progress-bar]:bg-ink [&::-webkit-progress-bar]:bg-transparent [&::-webkit-progress-value]:bg-ink [&:indeterminate::-moz-progress-bar]:bg-transparent"
      />
      <div className="flex items-center justify-between gap-3">
        <p role="status" className="number text-[13px] text-muted">
          {text}
        </p>
        {onCancel ? (
          <button type="button" className={buttonClass('outline')} onClick={onCancel}>
            Cancel
          </button>
        ) : null}
      </div>
      <Problems view={view} />
    </section>
  )
}

/** What is going on, and how much of it is done: 0..1, null when that is not known. */
function sayStep(view: ImportView): { readonly text: string; readonly part: number | null } {
  const { status, receivedBytes, fileBytes, note, sentSpans, totalSpans } = view
  if (status === 'receiving')
    return {
      text: `Uploading: ${formatBytes(receivedBytes)} of ${formatBytes(fileBytes)}`,
      part: receivedBytes / fileBytes,
    }
  if (note === 'sending' && totalSpans)
    return {
      text: `Sending: ${formatCount(sentSpans)} of ${plural(totalSpans, 'span')}`,
      part: sentSpans / totalSpans,
    }
  if (note === 'settling')
    return {
      text: `Settling: all ${plural(totalSpans ?? 0, 'span')} are sent; calls without an answer are waited for`,
      part: null,
    }
  const found = sentSpans > 0 ? `: ${plural(sentSpans, 'span')} so far` : ''
  return { text: `Reading the file${found}`, part: null }
}

export function ImportEnd({
  view,
  onClear,
}: {
  readonly view: ImportView
  readonly onClear: () => void
}) {
  const map = `/map?${new URLSearchParams({ environment: view.environment })}`
  return (
    <section aria-label="Import" className="flex flex-col gap-3 rounded-xl border bg-surface p-5">
      <Heading view={view} />
      <div role="status" className="[overflow-wrap:anywhere]">
        {view.status === 'done' ? <Result view={view} /> : null}
        {view.status === 'stopped' ? <Stopped view={view} /> : null}
        {view.status === 'failed' ? (
          <p className="flex gap-2 text-danger">
            <CircleX size={17} aria-hidden className="mt-0.5 shrink-0" />
            <span>
              Not imported. <Name>{asSentence(view.message ?? '')}</Name>
            </span>
          </p>
        ) : null}
      </div>
      <Problems view={view} />
      <div className="flex flex-wrap gap-2">
        {view.sentSpans > 0 && view.status !== 'failed' ? (
          <Link prefetch={false} className={buttonClass('solid')} href={map}>
            Open its map
          </Link>
        ) : null}
        <button type="button" className={buttonClass('outline')} onClick={onClear}>
          Import another file
        </button>
      </div>
    </section>
  )
}

/** Reasons come from a command too, where they stand after its name. */
function asSentence(text: string): string {
  const end = /[.!?]$/.test(text) ? '' : '.'
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${end}`
}

function Heading({ view }: { readonly view: ImportView }) {
  return (
    <h2 className="font-semibold [overflow-wrap:anywhere]">
      <Name>{view.fileName}</Name>{' '}
      <span className="font-normal text-muted">
        into <Name>{view.environment}</Name>, by <Name>{view.startedBy}</Name>
      </span>
    </h2>
  )
}

function Result({ view }: { readonly view: ImportView }) {
  const [graph, setGraph] = useState<string | null>(null)
  useEffect(() => {
    const reading = new AbortController()
    void readView(view.environment, '24h', reading.signal).then((found) => {
      if (!found) return
      const services = found.nodes.filter((node) => node.kind === 'service').length
      setGraph(`${plural(services, 'service')}, ${plural(found.edges.length, 'edge')}`)
    })
    return () => reading.abort()
  }, [view.environment])
  return (
    <p className="flex gap-2">
      <CircleCheck size={17} aria-hidden className="mt-0.5 shrink-0" />
      <span>
        Imported {plural(view.sentSpans, 'span')}
        {graph === null ? '' : `: the map has ${graph}`}.
      </span>
    </p>
  )
}

function Stopped({ view }: { readonly view: ImportView }) {
  const sent = view.note === 'sending' || view.note === 'settling' ? view.sentSpans : 0
  return (
    <p className="flex gap-2">
      <CircleSlash size={17} aria-hidden className="mt-0.5 shrink-0" />
      <span>
        Cancelled
        {sent === 0
          ? ': nothing was imported.'
          : `. ${plural(sent, 'span')} had been sent and stay on the map until you remove the environment.`}
      </span>
    </p>
  )
}

/** What could not be read, with its place. The rest of the file counts. */
function Problems({ view }: { readonly view: ImportView }) {
  const { problems, problemCount } = view
  if (problemCount === 0) return null
  return (
    <details className="rounded-md border bg-canvas px-3 py-2 text-[13px]">
      <summary className="cursor-pointer font-medium">
        {plural(problemCount, 'part')} of the file could not be read
      </summary>
      <ul className="mt-2 flex flex-col gap-1 [overflow-wrap:anywhere]">
        {problems.map(({ place, reason }, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the list only grows at its end
          <li key={at}>
            <Name>{place}</Name>:{' '}
            <span className="text-muted">
              <Name>{reason}</Name>
            </span>
          </li>
        ))}
        {problemCount > problems.length ? (
          <li className="text-muted">and {formatCount(problemCount - problems.length)} more</li>
        ) : null}
      </ul>
    </details>
  )
}
