// Whether a route is about an alert, and which routes speak: of each channel the first that matches.
import { SEVERITIES, type Severity } from '../baseline/drift.ts'
import { matchesAny, parseGlob } from '../graph/glob.ts'
import type { AlertFacts } from './notice.ts'
import type { Route, RouteMatch } from './route.ts'

/** What routes go by. */
export type RoutedFacts = Pick<AlertFacts, 'environment' | 'kind' | 'severity'> &
  Pick<AlertFacts, 'owners' | 'dataClasses' | 'reachedClasses' | 'exposures' | 'layers'>

/** How bad more alerts than the target are, for routes. */
const BUDGET_SEVERITY: Severity = 'medium'

/** Of each channel the first enabled route that matches, in the order of the routes. */
export function chooseRoutes(routes: readonly Route[], facts: RoutedFacts): readonly Route[] {
  return firstOfEachChannel(routes, ({ match }) => matchesAlert(match, facts))
}

/**
 * The same for what is told about an environment as a whole. Kinds, owners and tags of a route narrow its alerts, and
 * do not matter.
 */
export function chooseBudgetRoutes(
  routes: readonly Route[],
  environment: string,
): readonly Route[] {
  return firstOfEachChannel(
    routes,
    ({ match }) =>
      fitsNames(match.environments, environment) && isAtLeast(BUDGET_SEVERITY, match.severity),
  )
}

/** This bad or worse. */
export function isAtLeast(severity: Severity, least: Severity): boolean {
  return SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(least)
}

/** Everything that the match states; see RouteMatch. */
export function matchesAlert(match: RouteMatch, facts: RoutedFacts): boolean {
  return (
    fitsNames(match.environments, facts.environment) &&
    (match.kinds.length === 0 || match.kinds.includes(facts.kind)) &&
    isAtLeast(facts.severity, match.severity) &&
    fitsTags(match.owners, facts.owners) &&
    fitsTags(match.dataClasses, [...facts.dataClasses, ...facts.reachedClasses]) &&
    fitsTags(match.exposures, facts.exposures) &&
    fitsTags(match.layers, facts.layers)
  )
}

function firstOfEachChannel(
  routes: readonly Route[],
  isMeant: (settings: Route['settings']) => boolean,
): readonly Route[] {
  const chosen = new Map<string, Route>()
  for (const route of routes.toSorted((a, b) => a.place - b.place)) {
    if (route.isEnabled && !chosen.has(route.channelId) && isMeant(route.settings))
      chosen.set(route.channelId, route)
  }
  return [...chosen.values()]
}

function fitsNames(wanted: readonly string[], name: string): boolean {
  return wanted.length === 0 || matchesAny(wanted.map(parseGlob), name)
}

/** One of the tags, without regard to case; a tag that is not set fits nothing. */
function fitsTags(wanted: readonly string[], tags: readonly string[]): boolean {
  if (wanted.length === 0) return true
  const globs = wanted.map((each) => parseGlob(each.toLowerCase()))
  return tags.some((tag) => tag !== '' && matchesAny(globs, tag.toLowerCase()))
}
