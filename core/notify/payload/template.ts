// The title of an alert's message in the words of an admin: Mustache, of which only names, sections and comments are
// taken. What is wrong is said when a channel is saved; when a message is made, a template that still fails is
// passed over. The result is plain text: each channel escapes it as it does any other.
// Source: mustache(5), and mustache.js 4.2 whose tokens are checked here.
import Mustache from 'mustache'
import type { AlertNotice } from '../notice.ts'
import { oneLine } from './text.ts'
import { ACT_WORDS, capital, DRIFT_LABELS, labelAlert, titleAlert } from './words.ts'

type Name = {
  readonly name: string
  readonly description: string
  readonly of: (notice: AlertNotice) => string
}

/** What a template may name. Each is text on one line; '' where there is none. */
export const TEMPLATE_NAMES: readonly Name[] = [
  {
    name: 'title',
    description: 'The title as it is without a template',
    of: ({ alert, act }) => titleAlert(alert, act),
  },
  {
    name: 'act',
    description: 'What became of the alert: Opened, Got worse, Rejected, Closed',
    of: ({ act }) => capital(ACT_WORDS[act]),
  },
  {
    name: 'severity',
    description: 'critical, high, medium or low',
    of: ({ alert }) => alert.severity,
  },
  {
    name: 'kind',
    description: 'What strays, for example New external destination',
    of: ({ alert }) => DRIFT_LABELS[alert.kind],
  },
  {
    name: 'environment',
    description: 'The environment of the caller',
    of: ({ alert }) => alert.environment,
  },
  {
    name: 'edge',
    description: 'Both ends: source -> target',
    of: ({ alert }) => labelAlert(alert),
  },
  { name: 'source', description: 'The caller', of: ({ alert }) => alert.source.name },
  {
    name: 'target',
    description: 'What is called; empty for a service without edges',
    of: ({ alert }) => alert.target?.name ?? '',
  },
  {
    name: 'summary',
    description: 'The sentence that says what is new',
    of: ({ alert }) => alert.summary,
  },
  { name: 'why', description: 'Who decided and why; often empty', of: ({ why }) => why },
  {
    name: 'incident',
    description: 'The sentence of the incident it belongs to; empty without one',
    of: ({ alert }) => alert.incident?.sentence ?? '',
  },
  {
    name: 'owners',
    description: 'Owners of either end, with commas between',
    of: ({ alert }) => alert.owners.join(', '),
  },
  { name: 'alertId', description: 'The number of the alert', of: ({ alert }) => alert.id },
]

const KNOWN: ReadonlySet<string> = new Set(TEMPLATE_NAMES.map(({ name }) => name))

/** Of one value in a title; channels cut further. */
const VALUE_MAX = 1000
/** Of what a template names, in a sentence about it. */
const SHOWN_MAX = 80

/** What keeps a template from being saved, each a sentence; empty when it is good. '' is good. */
export function templateProblems(text: string): readonly string[] {
  if (/[\r\n]/.test(text)) return ['A title is one line: remove the line breaks.']
  if (text !== '' && text.trim() === '')
    return ["Only spaces would be sent: leave it empty for the channel's own words."]
  const tokens = parse(text)
  return typeof tokens === 'string' ? [tokens] : [...new Set(tokens.flatMap(problemsOf))]
}

/** The title of an alert's message: by the template where that can be done, else the channel's own words. */
export function titleBy(template: string, notice: AlertNotice): string {
  const own = titleAlert(notice.alert, notice.act)
  if (template === '' || templateProblems(template).length > 0) return own
  const view = Object.create(null) as { [name: string]: string }
  for (const { name, of } of TEMPLATE_NAMES) view[name] = oneLine(of(notice), VALUE_MAX)
  // A writer of its own: the shared one remembers every template it has met.
  const written = new Mustache.Writer().render(template, view, {}, { escape: (text) => text })
  return oneLine(written, VALUE_MAX) || own
}

/** A token of mustache.js: its type, its value, where it begins and ends, what a section holds. */
type Token = readonly [
  type: string,
  value: string,
  start: number,
  end: number,
  within?: readonly Token[],
]

/** A sentence where it cannot be parsed. */
function parse(text: string): readonly Token[] | string {
  try {
    return new Mustache.Writer().parse(text) as unknown as readonly Token[]
  } catch (error) {
    // mustache.js says what with plain errors: Unclosed tag at 5, Unclosed section "a" at 9.
    if (error instanceof Error)
      return `This is not a template: ${oneLine(error.message, SHOWN_MAX)}.`
    throw error
  }
}

function problemsOf([type, value, , , within]: Token): readonly string[] {
  if (type === 'text' || type === '!') return []
  if (type === '>') return ['Parts of other templates ({{> }}) cannot be used in a title.']
  if (type === '=') return ['Other signs than {{ and }} ({{= }}) cannot be used in a title.']
  const unknown = KNOWN.has(value)
    ? []
    : [`{{${oneLine(value, SHOWN_MAX)}}} is no name: there are ${[...KNOWN].join(', ')}.`]
  return [...unknown, ...(within ?? []).flatMap(problemsOf)]
}
