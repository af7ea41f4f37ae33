// What is wrong with a channel as somebody wants it, beyond the shape of its settings: for the API, the form and
// the command line the same sentences. Pure.
import { type ChannelSettings, SECRETS_OF } from './channel.ts'
import { templateProblems } from './payload/template.ts'
import { parseSigningSecrets } from './signing-secret.ts'

/** Letters, digits, dots, dashes and underscores: it is typed at the command line and stands in audit records. */
export const NAME_PATTERN = /^[A-Za-z0-9._-]{1,64}$/

/** Where, as a path into what was given ('secrets', 'apiKey'), and a sentence that says what to do. */
export type FieldProblem = { readonly path: readonly string[]; readonly sentence: string }

export type ChannelDraft = {
  readonly settings: ChannelSettings
  /** By name; null removes one. */
  readonly secrets: { readonly [name: string]: string | null }
  /** Names of those that are stored and stay when they are not in `secrets`. */
  readonly kept: readonly string[]
}

/** Empty: it can be saved. */
export function findChannelProblems(draft: ChannelDraft): readonly FieldProblem[] {
  const template = templateProblems(draft.settings.titleTemplate).map((sentence) => {
    return { path: ['settings', 'titleTemplate'], sentence }
  })
  const address = 'url' in draft.settings ? sayAddress(draft.settings.url) : null
  const addressProblem = address === null ? [] : [{ path: ['settings', 'url'], sentence: address }]
  return [...template, ...addressProblem, ...findSecretProblems(draft)]
}

function findSecretProblems({ settings, secrets, kept }: ChannelDraft): readonly FieldProblem[] {
  const { required, optional } = SECRETS_OF[settings.kind]
  const known: readonly string[] = [...required, ...optional]
  const at = (name: string, sentence: string) => ({ path: ['secrets', name], sentence })
  const given = Object.entries(secrets).flatMap(([name, value]) => {
    if (!known.includes(name))
      return [at(name, `No such secret here: ${known.join(', ')} can be set.`)]
    const sentence = value === null ? null : sayValue(name, value)
    return sentence === null ? [] : [at(name, sentence)]
  })
  const missing = required.filter((name) => {
    const value: string | null | undefined = secrets[name]
    return value === null || (value === undefined && !kept.includes(name))
  })
  return [...given, ...missing.map((name) => at(name, 'Enter it: this channel needs it.'))]
}

const PEM = /^\s*-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----\s*$/

/** What is wrong with a value, without the value. */
function sayValue(name: string, value: string): string | null {
  if (value.trim() === '') return 'It is empty: leave it out, or enter a value.'
  if (name === 'url') return sayAddress(value)
  if (name === 'ca')
    return PEM.test(value) ? null : 'Paste PEM text, from -----BEGIN CERTIFICATE----- on.'
  if (name === 'signingSecret' && parseSigningSecrets(value) === null)
    return 'Enter whsec_ and 24 to 64 bytes in base64, as Standard Webhooks has it.'
  // It goes into a header of HTTP or a line of a protocol.
  return /[\r\n]/.test(value) ? 'Enter it on one line.' : null
}

function sayAddress(text: string): string | null {
  const url = URL.parse(text)
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    return 'Enter the whole address, beginning with https://.'
  return url.username === '' && url.password === ''
    ? null
    : 'Take user and password out of the address: they would be seen with it.'
}
