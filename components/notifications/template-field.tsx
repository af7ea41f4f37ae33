'use client'
// The title of a channel's messages, with the names that can stand in it.
import { TextField } from '../settings/form.tsx'

export type TemplateName = { readonly name: string; readonly description: string }

export type TemplateFieldProps = {
  readonly names: readonly TemplateName[]
  readonly problem: string | null
  readonly value: string
  readonly onChange: (value: string) => void
}

export function TemplateField({ names, ...field }: TemplateFieldProps) {
  return (
    <div className="flex flex-col gap-1.5">
      <TextField
        {...field}
        label="Title of messages (optional)"
        hint="Empty: in our own words. Names in double braces are filled in."
        placeholder="{{severity}}: {{summary}}"
      />
      <details className="text-[12.5px] text-muted">
        <summary className="w-fit">Names that can be used</summary>
        <dl className="mt-2 grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
          {names.map(({ name, description }) => (
            <div key={name} className="contents">
              <dt className="font-mono text-ink">{`{{${name}}}`}</dt>
              <dd>{description}</dd>
            </div>
          ))}
        </dl>
      </details>
    </div>
  )
}
