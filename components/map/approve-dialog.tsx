'use client'
// Approves the graph of a window as the baseline: says how many edges that will be, asks for a reason.
import { useEffect, useId, useState, useTransition } from 'react'
import { type ActionResult, answered } from '../alerts/decide-form.tsx'
import { buttonClass, FIELD_CLASS } from '../ui/button.ts'
import { Dialog } from '../ui/dialog.tsx'
import { plural } from '../ui/numbers.ts'
import { readView } from './use-map-view.ts'
import { DEFAULT_WINDOW, WINDOW_LABELS, WINDOWS, type Window } from './windows.ts'

export type ApproveInput = {
  readonly environment: string
  readonly window: Window
  readonly reason: string
}
export type ApproveAction = (input: ApproveInput) => Promise<ActionResult>

export type ApproveDialogProps = {
  readonly environment: string
  readonly userName: string
  /** The version that is active now; null before the first. */
  readonly activeVersion: number | null
  readonly approve: ApproveAction
  readonly onClose: () => void
  readonly onDone: () => void
}

export function ApproveDialog(props: ApproveDialogProps) {
  const [window, setWindow] = useState<Window>(DEFAULT_WINDOW)
  const [reason, setReason] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const [isPending, startTransition] = useTransition()
  const counts = useCounts(props.environment, window)
  const reasonId = useId()
  const submit = () =>
    startTransition(async () => {
      const result = await answered(
        props.approve({ environment: props.environment, window, reason }),
      )
      if (result.ok) props.onDone()
      else setProblem(result.problem)
    })
  return (
    <Dialog title="Approve this graph as the baseline" onClose={props.onClose}>
      <form action={submit} className="flex flex-col gap-4">
        <p className="text-[13px] text-muted">
          From then on every edge that is not in it becomes an alert, once.
        </p>
        <WindowChoice window={window} onChange={setWindow} />
        <p aria-live="polite" className="rounded-md border bg-canvas px-3 py-2 text-[13px]">
          {sayCounts(counts, props.activeVersion)}
        </p>
        <div className="flex flex-col gap-1.5">
          <label htmlFor={reasonId} className="text-[13px] font-medium">
            Reason
          </label>
          <textarea
            id={reasonId}
            className={FIELD_CLASS}
            rows={2}
            required
            maxLength={1000}
            value={reason}
            placeholder="What makes this graph the right one"
            onChange={(event) => setReason(event.target.value)}
          />
        </div>
        <p role="alert" className="text-[13px] text-danger empty:hidden">
          {problem}
        </p>
        <div className="flex items-center justify-end gap-2">
          <span className="mr-auto text-[12.5px] text-muted">
            Author: <bdi>{props.userName}</bdi>
          </span>
          <button type="button" className={buttonClass('quiet')} onClick={props.onClose}>
            Cancel
          </button>
          <button
            type="submit"
            className={buttonClass('solid')}
            disabled={isPending || reason.trim() === '' || counts === null || counts.edges === 0}
          >
            Approve baseline
          </button>
        </div>
      </form>
    </Dialog>
  )
}

type WindowChoiceProps = { readonly window: Window; readonly onChange: (window: Window) => void }

function WindowChoice({ window, onChange }: WindowChoiceProps) {
  return (
    <fieldset className="flex flex-col gap-1.5">
      <legend className="mb-1.5 text-[13px] font-medium">Graph of the last</legend>
      <div className="flex flex-wrap gap-2">
        {WINDOWS.map((option) => (
          <label
            key={option}
            className="cursor-pointer rounded-md border border-line-strong px-3 py-1 text-[13px] has-checked:border-ink has-checked:bg-hover has-checked:font-medium has-focus-visible:outline-2 has-focus-visible:outline-ink"
          >
            <input
              type="radio"
              name="window"
              value={option}
              checked={option === window}
              onChange={() => onChange(option)}
              className="sr-only"
            />
            {WINDOW_LABELS[option]}
          </label>
        ))}
      </div>
    </fieldset>
  )
}

type Counts = { readonly edges: number; readonly nodes: number; readonly newEdges: number }

/** What the graph of a window holds; null while it is read. */
function useCounts(environment: string, window: Window): Counts | null {
  const [read, setRead] = useState<{ window: Window; counts: Counts } | null>(null)
  useEffect(() => {
    const reading = new AbortController()
    void readView(environment, window, reading.signal).then((view) => {
      if (!view || reading.signal.aborted) return
      const newEdges = view.edges.filter((edge) => edge.standing !== 'known').length
      const counts = { edges: view.edges.length, nodes: view.nodes.length, newEdges }
      setRead({ window, counts })
    })
    return () => reading.abort()
  }, [environment, window])
  return read?.window === window ? read.counts : null
}

function sayCounts(counts: Counts | null, activeVersion: number | null): string {
  if (counts === null) return 'Counting…'
  if (counts.edges === 0) return 'There is no edge in this window: choose a longer one.'
  const holds = `The baseline will hold ${plural(counts.edges, 'edge')} between ${plural(counts.nodes, 'node')}.`
  if (activeVersion === null) return holds
  return `${holds} ${plural(counts.newEdges, 'edge')} of them are not in version ${activeVersion}.`
}
