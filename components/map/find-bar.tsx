'use client'
// The line of find and hide above the map: two fields, what they did, and steps through what was found.
import { ChevronDown, ChevronUp } from 'lucide-react'
import { type RefObject, useId, useRef } from 'react'
import type { FindProblem } from '../../core/find/parse.ts'
import { buttonClass } from '../ui/button.ts'
import { type Asked, type AskedView, sayAsked } from './ask-view.ts'
import { FindHelp } from './find-help.tsx'
import type { MapView } from './map-view.ts'
import { QueryField } from './query-field.tsx'

export type FindBarProps = {
  /** All there is, for completion. */
  readonly view: MapView
  readonly asked: Asked
  readonly result: AskedView
  /** How many things were found, and which of them is chosen, from 1; 0: none of them. */
  readonly matches: number
  readonly chosenMatch: number
  readonly findRef: RefObject<HTMLInputElement | null>
  readonly onAsk: (change: Partial<Asked>) => void
  readonly onStep: (by: 1 | -1) => void
}

export function FindBar(props: FindBarProps) {
  const { view, asked, result, matches, chosenMatch, findRef, onAsk, onStep } = props
  const hideRef = useRef<HTMLInputElement>(null)
  const id = useId()
  const { find, hide } = result.problems
  const said = sayAsked(result)
  return (
    <search
      aria-label="Find and hide"
      className="flex shrink-0 flex-wrap items-center gap-x-2 gap-y-1.5 border-b bg-surface px-3 py-1.5 sm:px-4"
    >
      <QueryField
        label="Find"
        placeholder="a name, or new and tls = no  ( / )"
        query={asked.find}
        graph={view}
        problemId={find ? `${id}-find` : null}
        inputRef={findRef}
        onQuery={(query) => onAsk({ find: query })}
      />
      <QueryField
        label="Hide"
        placeholder="kind = user"
        query={asked.hide}
        graph={view}
        problemId={hide ? `${id}-hide` : null}
        inputRef={hideRef}
        onQuery={(query) => onAsk({ hide: query })}
      />
      <FindHelp onExample={(query) => onAsk({ find: query })} />
      {matches > 0 ? (
        <fieldset className="flex items-center">
          <legend className="sr-only">Step through what was found</legend>
          <StepButton label="Previous match (m)" Icon={ChevronUp} onClick={() => onStep(-1)} />
          <StepButton label="Next match (n)" Icon={ChevronDown} onClick={() => onStep(1)} />
        </fieldset>
      ) : null}
      <p
        role="status"
        className="number text-[12.5px] text-muted empty:hidden max-sm:min-w-0 max-sm:flex-1"
      >
        {chosenMatch > 0 ? `${chosenMatch} of ${matches}; ${said}` : said}
      </p>
      <Problem id={`${id}-find`} label="Find" problem={find} />
      <Problem id={`${id}-hide`} label="Hide" problem={hide} />
    </search>
  )
}

type StepButtonProps = {
  readonly label: string
  readonly Icon: typeof ChevronUp
  readonly onClick: () => void
}

function StepButton({ label, Icon, onClick }: StepButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      onClick={onClick}
      className={buttonClass('icon')}
    >
      <Icon size={15} aria-hidden />
    </button>
  )
}

type ProblemProps = {
  readonly id: string
  readonly label: string
  readonly problem: FindProblem | null
}

function Problem({ id, label, problem }: ProblemProps) {
  if (problem === null) return null
  return (
    <p id={id} className="basis-full text-[12.5px] text-danger [overflow-wrap:anywhere]">
      {label}, at character {problem.from + 1}: <bdi>{problem.message}</bdi>
    </p>
  )
}
