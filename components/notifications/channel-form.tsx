'use client'
// A channel as it is set up or changed. Secrets go one way: what is set is said, never shown, and stays when its field
// is left empty.
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import type { ChannelKind } from '../../core/notify/channel.ts'
import {
  CheckField,
  type SaveResult,
  SelectField,
  SettingsForm,
  TextField,
} from '../settings/form.tsx'
import { SETTING_FIELDS, type SettingField, settingsFrom, textsOf } from './channel-fields.ts'
import { CHANNEL_LABELS, type ChannelView } from './notification-view.ts'
import { RemoveButton } from './remove-button.tsx'
import { SecretFields, type SecretTexts, secretsFrom } from './secret-fields.tsx'
import { TemplateField, type TemplateName } from './template-field.tsx'

/** draft: of a channel or a route, as it was typed. */
export type SaveDraftAction = (draft: unknown) => Promise<SaveResult>
export type RemoveAction = () => Promise<SaveResult>

export type ChannelFormProps = {
  readonly kind: ChannelKind
  /** Null: a new one. */
  readonly channel: ChannelView | null
  readonly templateNames: readonly TemplateName[]
  readonly save: SaveDraftAction
  /** Null: there is nothing to remove yet. */
  readonly remove: RemoveAction | null
}

const LIST = '/settings/channels'

export function ChannelForm({ kind, channel, templateNames, save, remove }: ChannelFormProps) {
  const router = useRouter()
  const [name, setName] = useState(channel?.name ?? '')
  const [isEnabled, setEnabled] = useState(channel?.isEnabled ?? true)
  const [texts, setTexts] = useState(() => textsOf(kind, channel?.settings ?? null))
  const [secrets, setSecrets] = useState<SecretTexts>({})
  const [allowsPrivate, setAllowsPrivate] = useState(channel?.settings.allowsPrivate ?? false)
  const [titleTemplate, setTitleTemplate] = useState(channel?.settings.titleTemplate ?? '')
  const leave = () => router.push(LIST)
  const submit = () => {
    const settings = { ...settingsFrom(kind, texts), allowsPrivate, titleTemplate }
    return save({ name: name.trim(), isEnabled, settings, secrets: secretsFrom(secrets) })
  }
  return (
    <SettingsForm
      label={CHANNEL_LABELS[kind]}
      save={submit}
      onSaved={leave}
      onCancel={leave}
      submitLabel={channel === null ? 'Create channel' : 'Save'}
      footer={
        channel === null || remove === null ? null : (
          <RemoveButton
            label="Delete channel"
            lead={`The routes that lead to ${channel.name} and the record of what it was told go with it.`}
            remove={remove}
            onRemoved={leave}
          />
        )
      }
    >
      {(problemOf) => (
        <>
          <TextField
            label="Name"
            hint="Letters, digits, dots, dashes and underscores. Routes and the command line name it so."
            problem={problemOf('name')}
            value={name}
            onChange={setName}
            placeholder="security-oncall"
          />
          {SETTING_FIELDS[kind].map((field) => (
            <ChannelField
              key={field.name}
              field={field}
              problem={problemOf(`settings.${field.name}`)}
              value={texts[field.name] ?? ''}
              onChange={(value) => setTexts({ ...texts, [field.name]: value })}
            />
          ))}
          <SecretFields
            kind={kind}
            stored={channel?.secretNames ?? []}
            secrets={secrets}
            onChange={setSecrets}
            problemOf={problemOf}
          />
          <TemplateField
            names={templateNames}
            problem={problemOf('settings.titleTemplate')}
            value={titleTemplate}
            onChange={setTitleTemplate}
          />
          <CheckField
            label="May lead to private addresses"
            hint="Such as 10.0.0.0/8 and this machine itself. Without it they are refused, so that nobody can reach into your network through Strayline."
            isChecked={allowsPrivate}
            onChange={setAllowsPrivate}
          />
          <CheckField
            label="Enabled"
            hint="While it is off it is told of no new alerts; what waits for it is sent when it is on again."
            isChecked={isEnabled}
            onChange={setEnabled}
          />
        </>
      )}
    </SettingsForm>
  )
}

type ChannelFieldProps = {
  readonly field: SettingField
  readonly problem: string | null
  readonly value: string
  readonly onChange: (value: string) => void
}

function ChannelField({ field, problem, value, onChange }: ChannelFieldProps) {
  const shared = { label: field.label, hint: field.hint, problem, value, onChange }
  if (field.type === 'select') return <SelectField {...shared} options={field.options} />
  return (
    <TextField
      {...shared}
      placeholder={field.placeholder}
      {...(field.type === 'number' ? { type: 'number' } : {})}
      {...(field.type === 'lines' ? { rows: 3 } : {})}
    />
  )
}
