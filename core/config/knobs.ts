// The settings that say what spans mean: how services are told apart, what is spliced out, how ends are named.
// They are the fold's (core/fold/options.ts), the same for the collector and for `strayline graph`; a change
// drains the collector's state. docs/guide/knobs.md gives each with its default and the reason for it.
import {
  DEFAULT_FOLD_OPTIONS,
  type FoldOptions,
  ORPHAN_POLICIES,
  SERVICE_IDENTITIES,
} from '../fold/options.ts'
import { type Glob, parseGlob, type RewriteRule } from '../graph/glob.ts'
import { PEER_KEYS_MAX, SPAN_KEYS } from '../span/keys.ts'
import { choiceSetting, declare, flagSetting, type SettingsOf } from './parse.ts'

const ENTRIES_MAX = 100
const ENTRY_CHARS_MAX = 256
const STARS_MAX = 9

const GLOBS = `patterns with * for any text, separated by commas, such as envoy*,mesh/*: at most ${ENTRIES_MAX}`
const RULES = `rules as pattern => name, separated by semicolons, such as db-*.eu => db-$1: at most ${ENTRIES_MAX}`
const KEYS = `attribute names separated by commas, at most ${PEER_KEYS_MAX}; none that holds a url, a path, a header, a query or a statement`

export const KNOB_SETTINGS = {
  isTraceIdStrict: flagSetting({ variable: 'STRAYLINE_STRICT_TRACE_IDS', default: 'false' }),
  orphans: choiceSetting({
    variable: 'STRAYLINE_ORPHANS',
    default: 'drop',
    choices: ORPHAN_POLICIES,
  }),
  transparentServices: declare(
    { variable: 'STRAYLINE_TRANSPARENT_SERVICES', default: null },
    GLOBS,
    parseGlobs,
  ),
  serviceIdentity: choiceSetting({
    variable: 'STRAYLINE_SERVICE_IDENTITY',
    default: 'namespace/name',
    choices: SERVICE_IDENTITIES,
  }),
  rewriteHosts: declare(
    { variable: 'STRAYLINE_REWRITE_HOSTS', default: null },
    RULES,
    // Hosts are lower case when the rules see them.
    (text) => parseRules(text, (pattern) => pattern.toLowerCase()),
  ),
  rewriteDatabases: declare(
    { variable: 'STRAYLINE_REWRITE_DATABASES', default: null },
    RULES,
    (text) => parseRules(text),
  ),
  rewriteDestinations: declare(
    { variable: 'STRAYLINE_REWRITE_DESTINATIONS', default: null },
    RULES,
    (text) => parseRules(text),
  ),
  peerKeys: declare({ variable: 'STRAYLINE_PEER_ATTRIBUTES', default: null }, KEYS, parseKeys),
} as const

export type Knobs = Pick<FoldOptions, keyof typeof KNOB_SETTINGS>

/** The knobs among parsed settings; a list that is not set is empty. */
export function pickKnobs(settings: SettingsOf<typeof KNOB_SETTINGS>): Knobs {
  const knobs: { [key: string]: unknown } = {}
  for (const key of Object.keys(KNOB_SETTINGS) as (keyof Knobs)[])
    knobs[key] = settings[key] ?? DEFAULT_FOLD_OPTIONS[key]
  return knobs as Knobs
}

function parseGlobs(text: string): readonly Glob[] | undefined {
  const patterns = entriesOf(text, ',')
  // One that matches everything leaves no graph.
  const isUsable = patterns?.every((pattern) => isPattern(pattern) && /[^*]/.test(pattern))
  return isUsable ? patterns?.map(parseGlob) : undefined
}

function parseRules(
  text: string,
  prepare = (pattern: string) => pattern,
): readonly RewriteRule[] | undefined {
  const rules: RewriteRule[] = []
  for (const entry of entriesOf(text, ';') ?? ['']) {
    const [pattern = '', name = '', ...rest] = entry.split('=>').map((part) => part.trim())
    if (rest.length > 0 || name === '' || !isPattern(pattern)) return undefined
    const glob = parseGlob(prepare(pattern))
    const references = [...name.matchAll(/\$(.?)/g)].map(([, sign]) => sign ?? '')
    const isKnown = (sign: string) =>
      sign === '$' || (/[1-9]/.test(sign) && Number(sign) < glob.length)
    if (!references.every(isKnown)) return undefined
    rules.push({ glob, name })
  }
  return rules
}

function parseKeys(text: string): readonly string[] | undefined {
  const keys = entriesOf(text, ',')
  if (!keys || keys.length > PEER_KEYS_MAX) return undefined
  return keys.every(isSafeKey) ? keys : undefined
}

/** Entries without the blanks around them; undefined when there are too many, or one is too long or odd. */
function entriesOf(text: string, separator: string): string[] | undefined {
  const entries = text.split(separator).map((entry) => entry.trim())
  const given = entries.filter((entry) => entry !== '')
  const isOdd = (entry: string) => entry.length > 2 * ENTRY_CHARS_MAX || /\p{Cc}/u.test(entry)
  return given.length === 0 || given.length > ENTRIES_MAX || given.some(isOdd) ? undefined : given
}

function isPattern(pattern: string): boolean {
  const stars = pattern.split('*').length - 1
  if (pattern === '' || pattern.length > ENTRY_CHARS_MAX) return false
  return stars <= STARS_MAX && !pattern.includes('**')
}

/** What is kept of it is its text: nothing that decode would reduce, or not keep at all for its content. */
function isSafeKey(key: string): boolean {
  if (!/^[\x21-\x7e]{4,128}$/.test(key)) return false
  const kept = SPAN_KEYS.find(({ name }) => name === key)
  if (kept && kept.reduction !== 'text' && kept.reduction !== 'address') return false
  return !/header|cookie|authorization|query|statement|password|token|url\.|uri|path/i.test(key)
}
