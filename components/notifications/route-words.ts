// What a route does, in a sentence or two.

import { DRIFT_LABELS } from '../../core/notify/payload/words.ts'
import type { QuietHours, RouteMatch, RouteSettings } from '../../core/notify/route.ts'

/** 'Alerts of prod, high or worse, owned by team-a. Quiet Mon to Fri 20:00 to 07:00 (Europe/Berlin). Every 15 min.' */
export function sayRoute({ match, quiet, digestMinutes, tellsEnd }: RouteSettings): string {
  const sentences = [
    `${sayMatch(match)}.`,
    ...(quiet === null ? [] : [`${sayQuiet(quiet)}.`]),
    ...(digestMinutes === 0 ? [] : [`Gathered for ${digestMinutes} min.`]),
    ...(tellsEnd ? [] : ['Not how they ended.']),
  ]
  return sentences.join(' ')
}

function sayMatch(match: RouteMatch): string {
  const { environments, kinds, severity, owners, dataClasses, exposures, layers } = match
  const parts = [
    environments.length === 0 ? 'Alerts' : `Alerts of ${orList(environments)}`,
    ...(kinds.length === 0 ? [] : [orList(kinds.map((kind) => DRIFT_LABELS[kind].toLowerCase()))]),
    ...(severity === 'low' ? [] : [severity === 'critical' ? severity : `${severity} or worse`]),
    ...(owners.length === 0 ? [] : [`owned by ${orList(owners)}`]),
    ...(dataClasses.length === 0 ? [] : [`near ${orList(dataClasses)}`]),
    ...(exposures.length === 0 ? [] : [`exposed as ${orList(exposures)}`]),
    ...(layers.length === 0 ? [] : [`in layer ${orList(layers)}`]),
  ]
  return parts.length === 1 && environments.length === 0 ? 'All alerts' : parts.join(', ')
}

function sayQuiet({ zone, windows, urgent }: QuietHours): string {
  const times = windows.map(({ days, from, to }) => `${sayDays(days)}${from} to ${to}`).join(', ')
  const except =
    urgent === null ? '' : `, not for ${urgent}${urgent === 'critical' ? '' : ' or worse'}`
  return `Quiet ${times} (${zone})${except}`
}

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

/** 'Mon to Fri ', 'Sat, Sun '; '' for every day. */
function sayDays(days: readonly number[]): string {
  const known = [...new Set(days)].toSorted((a, b) => a - b)
  const [first = 1, last = 7] = [known[0], known.at(-1)]
  const name = (day: number) => DAYS[day - 1] ?? ''
  if (known.length === 7) return ''
  if (known.length > 2 && last - first === known.length - 1)
    return `${name(first)} to ${name(last)} `
  return `${known.map(name).join(', ')} `
}

function orList(words: readonly string[]): string {
  return words.length <= 3 ? words.join(' or ') : `${words.slice(0, 2).join(', ')} or others`
}
