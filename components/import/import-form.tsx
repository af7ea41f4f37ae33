'use client'
// The chosen file and the environment its traces go to, before it is sent.
import { useId, useState } from 'react'
import { buttonClass, FIELD_CLASS } from '../ui/button.ts'
import { Name } from '../ui/name.tsx'
import { formatBytes } from '../ui/numbers.ts'
import { isImportEnvironment, suggestEnvironment } from './import-view.ts'

export type KnownEnvironment = {
  readonly name: string
  /** removed: the collector is still forgetting what was there. */
  readonly origin: 'observed' | 'demo' | 'import' | 'removed'
}

export type ImportFormProps = {
  readonly file: File
  readonly environments: readonly KnownEnvironment[]
  readonly onSubmit: (environment: string) => void
  readonly onCancel: () => void
}

export function ImportForm({ file, environments, onSubmit, onCancel }: ImportFormProps) {
  const [environment, setEnvironment] = useState(() =>
    suggestEnvironment(
      file.name,
      environments.map(({ name }) => name),
    ),
  )
  const fieldId = useId()
  const hintId = useId()
  const { problem, hint } = judgeName(environment, environments)
  return (
    <form
      action={() => onSubmit(environment)}
      className="flex flex-col gap-4 rounded-xl border bg-surface p-5"
    >
      <p className="flex flex-wrap items-baseline gap-x-3 [overflow-wrap:anywhere]">
        <strong className="font-semibold">
          <Name>{file.name}</Name>
        </strong>
        <span className="number text-[13px] text-muted">{formatBytes(file.size)}</span>
      </p>
      <div className="flex flex-col gap-1.5">
        <label htmlFor={fieldId} className="text-[13px] font-medium">
          Environment for its traces
        </label>
        <input
          id={fieldId}
          className={FIELD_CLASS}
          value={environment}
          required
          maxLength={64}
          spellCheck={false}
          autoComplete="off"
          aria-invalid={problem !== null}
          aria-describedby={hintId}
          onChange={(event) => setEnvironment(event.target.value)}
        />
        <p
          id={hintId}
          aria-live="polite"
          className={`text-[13px] ${problem === null ? 'text-muted' : 'text-danger'}`}
        >
          {problem ?? hint}
        </p>
      </div>
      <div className="flex justify-end gap-2">
        <button type="button" className={buttonClass('quiet')} onClick={onCancel}>
          Choose another file
        </button>
        <button type="submit" className={buttonClass('solid')} disabled={problem !== null}>
          Import
        </button>
      </div>
    </form>
  )
}

function judgeName(name: string, environments: readonly KnownEnvironment[]) {
  const known = environments.find((one) => one.name === name)
  if (known?.origin === 'removed')
    return {
      problem: 'This environment was removed a moment ago and is still being forgotten.',
      hint: '',
    }
  if (known && known.origin !== 'import')
    return {
      problem: 'This environment has real traces: an import needs one of its own.',
      hint: '',
    }
  if (!isImportEnvironment(name))
    return {
      problem: 'Letters, digits, dots, dashes and underscores, and neither “default” nor “demo”.',
      hint: '',
    }
  if (known) return { problem: null, hint: 'Its calls are added to those imported there before.' }
  return { problem: null, hint: 'New. It can be removed again with everything in it.' }
}
