'use client'
// The parts that forms of settings are made of: a field with its label, hint and problem, and a form that keeps what
// was typed when saving failed, says what is wrong beside each field and goes to the first of them.
import { unstable_rethrow } from 'next/navigation'
import { type ReactNode, useEffect, useId, useRef, useState, useTransition } from 'react'
import { buttonClass, FIELD_CLASS } from '../ui/button.ts'
import { sayNoAnswer } from '../ui/no-answer.ts'

/** What is wrong with one field. field: dotted, as 'settings.url'; '' is about the whole. */
export type FormProblem = { readonly field: string; readonly sentence: string }
export type Refused = { readonly ok: false; readonly problems: readonly FormProblem[] }
export type SaveResult = { readonly ok: true } | Refused

/** An action's result; a sentence too when no answer came, so that the form and its text stay. */
export async function saved<R extends { readonly ok: boolean }>(
  action: Promise<R>,
): Promise<R | Refused> {
  try {
    return await action
  } catch (error) {
    unstable_rethrow(error) // a redirect to the sign-in page
    return { ok: false, problems: [{ field: '', sentence: await sayNoAnswer() }] }
  }
}

export type SettingsFormProps = {
  readonly label: string
  readonly save: () => Promise<SaveResult>
  readonly onSaved: () => void
  readonly submitLabel: string
  /** At the left of the buttons. */
  readonly footer?: ReactNode
  readonly onCancel: () => void
  /** problemOf: the sentence of a field, null when nothing is wrong with it. */
  readonly children: (problemOf: (field: string) => string | null) => ReactNode
}

export function SettingsForm(props: SettingsFormProps) {
  const [problems, setProblems] = useState<readonly FormProblem[]>([])
  const [isPending, startTransition] = useTransition()
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => {
    if (problems.length === 0) return
    form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus()
  }, [problems])
  const submit = () =>
    startTransition(async () => {
      const result = await saved(props.save())
      if (result.ok) props.onSaved()
      else setProblems(result.problems)
    })
  const shown = new Set<string>()
  const problemOf = (field: string) => {
    shown.add(field)
    return problems.find((problem) => isOf(problem, field))?.sentence ?? null
  }
  const fields = props.children(problemOf)
  const others = problems.filter((problem) => ![...shown].some((field) => isOf(problem, field)))
  return (
    // The browser's own checks would hide ours, which say what to do.
    <form
      ref={form}
      aria-label={props.label}
      noValidate
      className="flex flex-col gap-5"
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      {fields}
      <div role="alert" className="flex flex-col gap-1 text-[13px] text-danger empty:hidden">
        {others.map(({ field, sentence }) => (
          <p key={`${field} ${sentence}`} className="[overflow-wrap:anywhere]">
            {sentence}
          </p>
        ))}
      </div>
      <div className="flex flex-wrap items-center justify-end gap-2">
        {props.footer ? <div className="mr-auto">{props.footer}</div> : null}
        <button type="button" className={buttonClass('quiet')} onClick={props.onCancel}>
          Cancel
        </button>
        <button type="submit" className={buttonClass('solid')} disabled={isPending}>
          {props.submitLabel}
        </button>
      </div>
    </form>
  )
}

/** Of the field itself, or of one entry of the list that it is. */
function isOf(problem: FormProblem, field: string): boolean {
  return problem.field.replace(/\.\d+$/, '') === field || problem.field === field
}

export type FieldProps = {
  readonly label: string
  readonly hint?: ReactNode
  readonly problem: string | null
  /** What the control must carry to belong to its label, hint and problem. */
  readonly children: (control: {
    readonly id: string
    readonly 'aria-invalid': boolean
    readonly 'aria-describedby': string
  }) => ReactNode
}

export function Field({ label, hint, problem, children }: FieldProps) {
  const id = useId()
  const hintId = useId()
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="text-[13px] font-medium">
        {label}
      </label>
      {children({ id, 'aria-invalid': problem !== null, 'aria-describedby': hintId })}
      <p id={hintId} className="text-[12.5px] text-muted [overflow-wrap:anywhere] empty:hidden">
        {problem === null ? hint : <span className="text-danger">{problem}</span>}
      </p>
    </div>
  )
}

export type TextFieldProps = Omit<FieldProps, 'children'> & {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly placeholder?: string | undefined
  readonly type?: 'text' | 'password' | 'number' | 'time'
  /** A text of so many lines. */
  readonly rows?: number
  readonly list?: string
}

export function TextField({
  value,
  onChange,
  placeholder,
  type,
  rows,
  list,
  ...field
}: TextFieldProps) {
  const shared = {
    ...{ className: FIELD_CLASS, value, placeholder, spellCheck: false },
    // A password manager must neither fill in nor keep what belongs to a channel.
    autoComplete: type === 'password' ? 'new-password' : 'off',
    onChange: (event: { readonly target: { readonly value: string } }) =>
      onChange(event.target.value),
  }
  return (
    <Field {...field}>
      {(control) =>
        rows === undefined ? (
          <input {...control} {...shared} type={type ?? 'text'} list={list} />
        ) : (
          <textarea {...control} {...shared} rows={rows} />
        )
      }
    </Field>
  )
}

export type SelectFieldProps = Omit<FieldProps, 'children'> & {
  readonly value: string
  readonly onChange: (value: string) => void
  /** Label by value, in order. */
  readonly options: { readonly [value: string]: string }
}

export function SelectField({ value, onChange, options, ...field }: SelectFieldProps) {
  return (
    <Field {...field}>
      {(control) => (
        <select
          {...control}
          className={FIELD_CLASS}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        >
          {Object.entries(options).map(([each, label]) => (
            <option key={each} value={each}>
              {label}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}

export type CheckFieldProps = {
  readonly label: string
  readonly hint?: string
  readonly isChecked: boolean
  readonly onChange: (isChecked: boolean) => void
}

export function CheckField({ label, hint, isChecked, onChange }: CheckFieldProps) {
  const id = useId()
  const hintId = useId()
  return (
    <div className="flex items-start gap-2.5">
      <input
        id={id}
        type="checkbox"
        className="mt-0.5 size-4 accent-(--solid)"
        checked={isChecked}
        aria-describedby={hintId}
        onChange={(event) => onChange(event.target.checked)}
      />
      <div>
        <label htmlFor={id} className="text-[13px] font-medium">
          {label}
        </label>
        <p id={hintId} className="text-[12.5px] text-muted empty:hidden">
          {hint}
        </p>
      </div>
    </div>
  )
}
