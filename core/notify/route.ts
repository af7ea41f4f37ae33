// A route: which notices go to which channel, and when. A channel gets a notice once, by the first of its routes that
// matches; the routes of other channels do not matter to it.
import { z } from 'zod'
import { DRIFT_KINDS, SEVERITIES } from '../baseline/drift.ts'

const Words = z
  .array(z.string().min(1).max(200, 'At most 200 characters each.'))
  .max(50, 'At most 50 of them.')
  .default([])
const ClockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Enter a time such as 07:00.')

/** Nothing given in a list: any. All that is given must hold; of a list, one. */
export const RouteMatch = z.strictObject({
  /** Names or globs, with * for any characters. */
  environments: Words,
  kinds: z.array(z.enum(DRIFT_KINDS)).max(DRIFT_KINDS.length).default([]),
  /** This or worse. */
  severity: z.enum(SEVERITIES).default('low'),
  /** Of either end; without regard to case. */
  owners: Words,
  dataClasses: Words,
  exposures: Words,
  layers: Words,
})
export type RouteMatch = z.infer<typeof RouteMatch>

export const QuietHours = z.strictObject({
  /** IANA, for example Europe/Berlin. */
  zone: z.string().min(1).max(64),
  windows: z
    .array(
      z.strictObject({
        /** ISO weekdays on which the window begins; 1 is Monday. */
        days: z.array(z.int().min(1).max(7)).min(1, 'Choose at least one day.').max(7),
        /** Of the wall clock; when `to` is not after `from` it ends on the next day. */
        from: ClockTime,
        to: ClockTime,
      }),
    )
    .min(1)
    .max(20),
  /** This or worse is told at once all the same; null: nothing is. */
  urgent: z.enum(SEVERITIES).nullable().default('critical'),
})
export type QuietHours = z.infer<typeof QuietHours>

const DIGEST = 'Enter whole minutes from 0 to 1440.'

export const RouteSettings = z.strictObject({
  match: RouteMatch,
  quiet: QuietHours.nullable().default(null),
  /** Minutes that are told as one, in slots of that length; 0: each at once. */
  digestMinutes: z.int(DIGEST).min(0, DIGEST).max(1440, DIGEST).default(0),
  /** Whether it also tells that an alert was rejected, or needs nobody any more. */
  tellsEnd: z.boolean().default(true),
})
export type RouteSettings = z.infer<typeof RouteSettings>

export type Route = {
  readonly id: string
  readonly name: string
  readonly channelId: string
  /** Order among routes; the first of a channel that matches speaks. */
  readonly place: number
  readonly isEnabled: boolean
  readonly settings: RouteSettings
}
