// What is wrong with a route as somebody wants it, beyond the shape of its settings: for the API, the form and the
// command line the same sentences. Pure.
import type { FieldProblem } from './check-channel.ts'
import { DAY_MINUTES, minutesOf, type QuietWindow } from './quiet.ts'
import type { RouteSettings } from './route.ts'
import { isZone } from './zone.ts'

const WEEK_MINUTES = 7 * DAY_MINUTES

/** Empty: it can be saved. */
export function findRouteProblems({ quiet }: RouteSettings): readonly FieldProblem[] {
  if (quiet === null) return []
  const problems: FieldProblem[] = []
  const { zone, windows } = quiet
  if (!isZone(zone)) {
    const sentence = `There is no time zone ${JSON.stringify(zone)}: give its IANA name, for example Europe/Berlin.`
    problems.push({ path: ['settings', 'quiet', 'zone'], sentence })
  }
  if (countQuietMinutes(windows) === WEEK_MINUTES) {
    const sentence =
      'These windows leave no minute of the week, so nothing would be told: shorten one.'
    problems.push({ path: ['settings', 'quiet', 'windows'], sentence })
  }
  return problems
}

/** Of a week of the wall clock, without changes of the clock. */
function countQuietMinutes(windows: readonly QuietWindow[]): number {
  const quiet = new Set<number>()
  for (const window of windows) {
    const { from, to } = minutesOf(window)
    for (const day of window.days) {
      for (let minute = from; minute < to; minute++)
        quiet.add(((day - 1) * DAY_MINUTES + minute) % WEEK_MINUTES)
    }
  }
  return quiet.size
}
