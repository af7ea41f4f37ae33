// What a server says of a backtest, as lines for people. Names and sentences come from spans: what could steer a
// terminal is shown, not obeyed.
import { z } from 'zod'
import { countOf, timeOf } from '../core/baseline/sentence.ts'
import { displayProse } from '../core/graph/label.ts'

const DAY_MS = 86_400_000

/** Hidden characters are made visible. */
const Text = z.string().transform(displayProse)
const Window = { environment: Text, fromMs: z.number(), toMs: z.number() }
const Told = z.object({ kind: Text, severity: Text, summary: Text })
const Days = z.array(z.object({ day: Text, count: z.number() }))

const BaselineAnswer = z.object({
  ...{ what: z.literal('baseline'), ...Window, version: z.number(), alertTarget: z.number() },
  totals: z.object({
    ...{ alerts: z.number(), new: z.number(), worse: z.number(), same: z.number() },
    ...{ atStart: z.number(), ended: z.number(), incidents: z.number(), gone: z.number() },
  }),
  ...{ daysOver: z.number(), days: Days },
  incidents: z.array(z.object({ sentence: Text, alerts: z.number() })),
  alerts: z.array(Told.extend({ mark: Text, opensAtMs: z.number() })),
  gone: z.array(Told),
})
const RouteAnswer = z.object({
  ...{ what: z.literal('route'), ...Window },
  totals: z.object({
    ...{ alerts: z.number(), told: z.number(), untold: z.number(), messages: z.number() },
    before: z.number(),
  }),
  messages: z.array(
    z.object({
      atMs: z.number(),
      notices: z.number(),
      told: z.array(Told.extend({ act: Text })),
    }),
  ),
  untold: z.array(Told),
})
const SettingsAnswer = z.object({
  ...{ what: z.literal('settings'), ...Window, zone: Text, alertTarget: z.number() },
  ...{ daysOver: z.number(), daysOverNow: z.number(), days: Days },
  recovering: z.array(Text),
})

/** What is printed of an answer; more may stand in it. */
export const BacktestAnswerShape = z.discriminatedUnion('what', [
  BaselineAnswer,
  RouteAnswer,
  SettingsAnswer,
])
export type BacktestAnswer = z.infer<typeof BacktestAnswerShape>

/** Ends with a line break. */
export function sayBacktest(answer: BacktestAnswer): string {
  const lines =
    answer.what === 'baseline'
      ? sayBaseline(answer)
      : answer.what === 'route'
        ? sayRoute(answer)
        : saySettings(answer)
  return `${lines.join('\n')}\n`
}

function sayBaseline(answer: z.infer<typeof BaselineAnswer>): readonly string[] {
  const { totals, version, environment, alertTarget, daysOver, days } = answer
  const marks = [
    ...(totals.new > 0 ? [`${totals.new} new`] : []),
    ...(totals.worse > 0 ? [`${totals.worse} of a worse kind`] : []),
    ...(totals.same > 0 ? [countOf(totals.same, 'stands already', 'stand already')] : []),
  ]
  const told = marks.length > 0 ? ` (${marks.join(', ')})` : ''
  return [
    `version ${version} of ${environment} ${durationOf(answer)}: ${alertsOf(totals.alerts)}${told} in ${countOf(totals.incidents, 'incident', 'incidents')}`,
    `${totals.atStart} at once when it becomes active; then on ${daysOver} of ${countOf(days.length, 'day', 'days')} more than ${alertsOf(alertTarget)}`,
    ...(totals.ended > 0 ? [`${alertsOf(totals.ended)} taken back as a rule ran out`] : []),
    ...answer.incidents.map(({ alerts, sentence }) => `${String(alerts).padStart(6)}  ${sentence}`),
    ...more(answer.incidents.length, totals.incidents),
    ...answer.alerts.flatMap(({ mark, opensAtMs, ...alert }) => [
      `${mark.padEnd(5)} ${lineOf(alert)}  ${timeOf(opensAtMs)}`,
      `      ${alert.summary}`,
    ]),
    ...more(answer.alerts.length, totals.alerts),
    ...answer.gone.flatMap((alert) => [`gone  ${lineOf(alert)}`, `      ${alert.summary}`]),
    ...more(answer.gone.length, totals.gone),
  ]
}

function sayRoute(answer: z.infer<typeof RouteAnswer>): readonly string[] {
  const { totals, messages, untold } = answer
  const before = totals.before > 0 ? `, ${totals.before} as it is now` : ''
  return [
    `${durationOf(answer)}: ${countOf(totals.messages, 'message', 'messages')} about ${totals.told} of ${alertsOf(totals.alerts)}${before}`,
    ...messages.flatMap(({ atMs, notices, told }) => [
      `${timeOf(atMs)}  ${notices > 1 ? `digest of ${notices}` : (told[0]?.act ?? '')}`,
      ...told.map(
        ({ act, ...alert }) => `      ${act.padEnd(8)} ${lineOf(alert)}  ${alert.summary}`,
      ),
    ]),
    ...more(messages.length, totals.messages),
    ...(totals.untold > 0 ? [`${alertsOf(totals.untold)} of which nobody would be told:`] : []),
    ...untold.map((alert) => `      ${lineOf(alert)}  ${alert.summary}`),
    ...more(untold.length, totals.untold),
  ]
}

function saySettings(answer: z.infer<typeof SettingsAnswer>): readonly string[] {
  const { alertTarget, zone, daysOver, daysOverNow, days, recovering } = answer
  return [
    `${durationOf(answer)}: ${countOf(daysOver, 'day', 'days')} with more than ${alertsOf(alertTarget)} in ${zone}, ${daysOverNow} as it is set now`,
    `${alertsOf(recovering.length)} would recover at once`,
    ...days.map(({ day, count }) => `${day} ${String(count).padStart(6)}`),
  ]
}

function lineOf({ severity, kind }: z.infer<typeof Told>): string {
  return `${severity.padEnd(8)} ${kind}`
}

function more(listed: number, total: number): readonly string[] {
  return total > listed ? [`      and ${total - listed} more`] : []
}

function alertsOf(count: number): string {
  return countOf(count, 'alert', 'alerts')
}

function durationOf({ fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }): string {
  return `over ${countOf(Math.round((toMs - fromMs) / DAY_MS), 'day', 'days')}`
}
