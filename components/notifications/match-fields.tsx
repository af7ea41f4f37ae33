'use client'
// Which alerts a route is about. Lists are typed one entry a line; an empty one means any.
import { DRIFT_KINDS, type DriftKind, type Severity } from '../../core/baseline/drift.ts'
import { DRIFT_LABELS } from '../../core/notify/payload/words.ts'
import type { RouteMatch } from '../../core/notify/route.ts'
import { TextField } from '../settings/form.tsx'

const LISTS = ['environments', 'owners', 'dataClasses', 'exposures', 'layers'] as const
type ListName = (typeof LISTS)[number]

/** As it is typed. */
export type MatchTexts = { readonly [name in ListName]: string } & {
  readonly kinds: readonly DriftKind[]
  readonly severity: Severity
}

/** match: null for a new route. */
export function matchTextsOf(match: RouteMatch | null): MatchTexts {
  const linesOf = (name: ListName) => match?.[name].join('\n') ?? ''
  return {
    ...{ environments: linesOf('environments'), owners: linesOf('owners') },
    ...{ dataClasses: linesOf('dataClasses'), exposures: linesOf('exposures') },
    ...{ layers: linesOf('layers'), kinds: match?.kinds ?? [] },
    severity: match?.severity ?? 'low',
  }
}

export function matchFrom(texts: MatchTexts): RouteMatch {
  const listOf = (name: ListName) => {
    return texts[name].split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]))
  }
  return {
    ...{ environments: listOf('environments'), owners: listOf('owners') },
    ...{ dataClasses: listOf('dataClasses'), exposures: listOf('exposures') },
    ...{ layers: listOf('layers'), kinds: [...texts.kinds], severity: texts.severity },
  }
}

const LABELS: { readonly [name in ListName]: { readonly label: string; readonly hint: string } } = {
  environments: { label: 'Environments', hint: 'One a line, * for any characters. Empty: all.' },
  owners: { label: 'Owners', hint: 'Of either end, one a line. Empty: any.' },
  dataClasses: { label: 'Data classes', hint: 'Such as pii: of either end, or newly reachable.' },
  exposures: { label: 'Exposures', hint: 'Such as public.' },
  layers: { label: 'Layers', hint: 'Such as data.' },
}
const TAGS = LISTS.filter((name) => name !== 'environments')

export type MatchFieldsProps = {
  readonly texts: MatchTexts
  /** For an example. */
  readonly environments: readonly string[]
  readonly onChange: (texts: MatchTexts) => void
  readonly problemOf: (field: string) => string | null
}

export function MatchFields({ texts, environments, onChange, problemOf }: MatchFieldsProps) {
  const field = (name: ListName) => (
    <TextField
      key={name}
      {...LABELS[name]}
      problem={problemOf(`settings.match.${name}`)}
      value={texts[name]}
      placeholder={name === 'environments' ? environments.slice(0, 2).join('\n') : undefined}
      onChange={(value) => onChange({ ...texts, [name]: value })}
      rows={2}
    />
  )
  const toggle = (kind: DriftKind) => {
    const isOn = texts.kinds.includes(kind)
    const kinds = isOn ? texts.kinds.filter((each) => each !== kind) : [...texts.kinds, kind]
    onChange({ ...texts, kinds })
  }
  const isNarrowed = TAGS.some((name) => texts[name] !== '')
  return (
    <>
      {field('environments')}
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-1.5 text-[13px] font-medium">
          Kinds <span className="font-normal text-muted">(none chosen: all)</span>
        </legend>
        <div className="grid gap-x-4 gap-y-1.5 sm:grid-cols-2">
          {DRIFT_KINDS.map((kind) => (
            <label key={kind} className="flex items-center gap-2 text-[13px]">
              <input
                type="checkbox"
                className="size-4 accent-(--solid)"
                checked={texts.kinds.includes(kind)}
                onChange={() => toggle(kind)}
              />
              {DRIFT_LABELS[kind]}
            </label>
          ))}
        </div>
      </fieldset>
      <details open={isNarrowed}>
        <summary className="w-fit text-[13px] font-medium">By owner and other tags</summary>
        <div className="mt-3 grid gap-4 sm:grid-cols-2">{TAGS.map(field)}</div>
      </details>
    </>
  )
}
