'use client'
// The secrets of a channel, to be written and never read: each says whether it is set.
import { useState } from 'react'
import type { ChannelKind } from '../../core/notify/channel.ts'
import { SIGNING_SECRET_PREFIX } from '../../core/notify/signing-secret.ts'
import { CheckField, TextField } from '../settings/form.tsx'
import { buttonClass } from '../ui/button.ts'
import { CopyBlock } from '../ui/copy-block.tsx'
import { type SecretField, secretFields } from './channel-fields.ts'

/** What is typed, and what is to go. */
export type SecretTexts = {
  readonly [name: string]: { readonly value: string; readonly isRemoved: boolean }
}

/** Only what was touched: a value to set, null to remove. */
export function secretsFrom(secrets: SecretTexts): { readonly [name: string]: string | null } {
  return Object.fromEntries(
    Object.entries(secrets)
      .filter(([, { value, isRemoved }]) => isRemoved || value.trim() !== '')
      .map(([name, { value, isRemoved }]) => [name, isRemoved ? null : value.trim()]),
  )
}

export type SecretFieldsProps = {
  readonly kind: ChannelKind
  /** Names of those that are set. */
  readonly stored: readonly string[]
  readonly secrets: SecretTexts
  readonly onChange: (secrets: SecretTexts) => void
  readonly problemOf: (field: string) => string | null
}

export function SecretFields({ kind, stored, secrets, onChange, problemOf }: SecretFieldsProps) {
  return (
    <fieldset className="flex flex-col gap-4 rounded-xl border px-4 pt-2 pb-4">
      <legend className="px-1 text-[13px] font-semibold">Secrets</legend>
      <p className="text-[12.5px] text-muted">
        They are kept encrypted and never shown again to anybody.
      </p>
      {secretFields(kind).map((field) => (
        <OneSecret
          key={field.name}
          field={field}
          isStored={stored.includes(field.name)}
          secret={secrets[field.name] ?? { value: '', isRemoved: false }}
          problem={problemOf(`secrets.${field.name}`)}
          onChange={(secret) => onChange({ ...secrets, [field.name]: secret })}
        />
      ))}
    </fieldset>
  )
}

type OneSecretProps = {
  readonly field: SecretField
  readonly isStored: boolean
  readonly secret: SecretTexts[string]
  readonly problem: string | null
  readonly onChange: (secret: SecretTexts[string]) => void
}

function OneSecret({ field, isStored, secret, problem, onChange }: OneSecretProps) {
  const { label, hint, isRequired, isLong } = field
  const said = isStored ? `${hint} It is set: leave this empty to keep it.` : hint
  return (
    <div className="flex flex-col gap-2">
      <TextField
        label={isRequired || isStored ? label : `${label} (optional)`}
        hint={secret.isRemoved ? 'It is removed when you save.' : said}
        problem={problem}
        value={secret.value}
        placeholder={isStored ? 'unchanged' : undefined}
        onChange={(value) => onChange({ value, isRemoved: false })}
        {...(isLong ? { rows: 3 } : { type: 'password' })}
      />
      {field.name === 'signingSecret' ? (
        <MakeSecret onMade={(value) => onChange({ value, isRemoved: false })} />
      ) : null}
      {isStored && !isRequired ? (
        <CheckField
          label={`Remove: ${label}`}
          isChecked={secret.isRemoved}
          onChange={(isRemoved) => onChange({ value: '', isRemoved })}
        />
      ) : null}
    </div>
  )
}

const SECRET_BYTES = 32

/** Makes a signing secret, and shows it this once: the receiver needs it, too. */
function MakeSecret({ onMade }: { readonly onMade: (value: string) => void }) {
  const [made, setMade] = useState<string | null>(null)
  const make = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(SECRET_BYTES))
    const secret = `${SIGNING_SECRET_PREFIX}${btoa(String.fromCharCode(...bytes))}`
    setMade(secret)
    onMade(secret)
  }
  if (made === null)
    return (
      <button type="button" className={buttonClass('outline', 'self-start')} onClick={make}>
        Make one
      </button>
    )
  return (
    <div role="status" className="flex flex-col gap-1.5">
      <p className="text-[12.5px]">Give it to the receiver now; it is not shown again.</p>
      <CopyBlock label="signing secret" text={made} />
    </div>
  )
}
