// The name of an alert's episode at services that keep alerts themselves (PagerDuty, Opsgenie): the same for all that
// is told of it, another for the next episode, and another for the same number at another Strayline.
import type { AlertFacts, Notice } from '../notice.ts'
import type { Links } from './render.ts'
import { shorten } from './text.ts'

/** Host names have 253 signs at most; the shortest limit of a service is 255 for the whole. */
const HOST_MAX = 120

/** At most 255 signs of ASCII. */
export function episodeKey({ id, episode }: AlertFacts, links: Links): string {
  return `strayline:${hostOf(links)}:a${id}.e${episode}`
}

/** Of what is no alert: a digest, a budget, a test. */
export function noticeKey({ key }: Notice, links: Links): string {
  return `strayline:${hostOf(links)}:${key}`
}

/** The host name of this Strayline, in ASCII. */
export function hostOf({ routesUrl }: Links): string {
  return (
    shorten(new URL(routesUrl).hostname.replace(/[^A-Za-z0-9.:-]/g, ''), HOST_MAX) || 'strayline'
  )
}
