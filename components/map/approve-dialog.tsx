'use client'
// Approves the graph of a window as the baseline: says how many edges that will be, asks for a reason, and
// approves exactly the edges it has counted, whatever has come in since.
import { useEffect, useState } from 'react'
import { plural } from '../ui/numbers.ts'
import { type ActionResult, ReasonDialog } from '../ui/reason-dialog.tsx'
import { readView } from './use-map-view.ts'
import { DEFAULT_WINDOW, WINDOW_LABELS, WINDOWS, type Window } from './windows.ts'

export type ApproveInput = {
  readonly environment: string
  readonly window: Window
  /** Ids of the edges that were counted. */
  readonly edgeIds: readonly string[]
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
  const { environment, activeVersion } = props
  const [window, setWindow] = useState<Window>(DEFAULT_WINDOW)
  const proposal = useProposal(environment, window)
  const edgeIds = proposal?.edgeIds ?? []
  return (
    <ReasonDialog
      title="Approve this graph as the baseline"
      placeholder="What makes this graph the right one"
      submitLabel="Approve baseline"
      isReady={edgeIds.length > 0}
      footer={
        <span className="mr-auto text-[12.5px] text-muted">
          Author: <bdi>{props.userName}</bdi>
        </span>
      }
      act={(reason) => props.approve({ environment, window, edgeIds, reason })}
      onClose={props.onClose}
      onDone={props.onDone}
    >
      <p className="text-[13px] text-muted">
        From then on every edge that is not in it becomes an alert, once.
      </p>
      <WindowChoice window={window} onChange={setWindow} />
      <p aria-live="polite" className="rounded-md border bg-canvas px-3 py-2 text-[13px]">
        {sayProposal(proposal, activeVersion)}
      </p>
    </ReasonDialog>
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

type Proposal = {
  readonly edgeIds: readonly string[]
  readonly nodes: number
  readonly newEdges: number
  /** Left out: rejected by somebody. */
  readonly rejectedEdges: number
}

/** What would be approved of a window; null while it is read. */
function useProposal(environment: string, window: Window): Proposal | null {
  const [read, setRead] = useState<{ window: Window; proposal: Proposal } | null>(null)
  useEffect(() => {
    const reading = new AbortController()
    void readView(environment, window, reading.signal).then((view) => {
      if (!view || reading.signal.aborted) return
      const edges = view.edges.filter((edge) => edge.standing !== 'rejected')
      const proposal = {
        edgeIds: edges.map((edge) => edge.id),
        nodes: new Set(edges.flatMap((edge) => [edge.sourceId, edge.targetId])).size,
        newEdges: edges.filter((edge) => edge.standing !== 'known').length,
        rejectedEdges: view.edges.length - edges.length,
      }
      setRead({ window, proposal })
    })
    return () => reading.abort()
  }, [environment, window])
  return read?.window === window ? read.proposal : null
}

function sayProposal(proposal: Proposal | null, activeVersion: number | null): string {
  if (proposal === null) return 'Counting…'
  const { edgeIds, nodes, newEdges, rejectedEdges } = proposal
  if (edgeIds.length === 0) return 'There is no edge in this window: choose a longer one.'
  const holds = `The baseline will hold ${plural(edgeIds.length, 'edge')} between ${plural(nodes, 'node')}.`
  const isNew =
    activeVersion === null
      ? ''
      : ` ${plural(newEdges, 'edge')} of them are not in version ${activeVersion}.`
  const isOut = rejectedEdges === 0 ? '' : ` ${plural(rejectedEdges, 'rejected edge')} stay out.`
  return holds + isNew + isOut
}
