// docs/guide/notify.md is true: its routes can be saved, its times are those that are planned, its acts those that are told.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { ALERT_ACTIONS } from '../../../core/baseline/alert-state.ts'
import { findRouteProblems } from '../../../core/notify/check-route.ts'
import { planDelivery } from '../../../core/notify/plan.ts'
import { RouteSettings } from '../../../core/notify/route.ts'
import { actOf } from '../../../core/notify/tell.ts'
import { facts, notice } from './routing.ts'

const ROOT = path.join(import.meta.dirname, '../../..')
const guide = readFileSync(path.join(ROOT, 'docs/guide/notify.md'), 'utf8')
const routes = [...guide.matchAll(/```json\n(.*?)```/gs)].flatMap(([, text = '']) =>
  text.includes('"match"') ? [JSON.parse(text)] : [],
)

test('every route of the guide can be saved', () => {
  expect(routes.length).toBeGreaterThanOrEqual(3)
  for (const route of routes) expect(findRouteProblems(RouteSettings.parse(route))).toEqual([])
})

test('what is told as what is as it says', () => {
  const rows = guide.matchAll(/^\| ((?:`[a-z]+`(?:, )?)+) \| (`[a-z]+`|nothing) \|$/gm)
  const said = [...rows].flatMap(([, actions = '', act = '']) =>
    actions.split(', ').map((action) => [action.replaceAll('`', ''), act.replaceAll('`', '')]),
  )
  const told = ALERT_ACTIONS.filter((action) => action !== 'undone').map((action) => {
    return [action, actOf({ action, undone: null }, 'open') ?? 'nothing']
  })
  expect(Object.fromEntries(said)).toEqual(Object.fromEntries(told))
})

test('quiet hours end when it says', () => {
  const settings = RouteSettings.parse(routes.find((route) => 'quiet' in route))
  const time = String.raw`(\d{4}-\d\d-\d\d \d\d:\d\d)`
  const rows = [
    ...guide.matchAll(RegExp(String.raw`^\| (\w+day) ${time} \| ${time} \| ${time} \|$`, 'gm')),
  ]
  expect(rows).toHaveLength(5)
  for (const [, day, ...times] of rows) {
    const [now = 0, high, critical] = times.map((each) => Date.parse(`${each.replace(' ', 'T')}Z`))
    const weekday = new Intl.DateTimeFormat('en', { weekday: 'long', timeZone: 'UTC' })
    expect(weekday.format(now)).toBe(day)
    const due = (severity: 'high' | 'critical') =>
      planDelivery(settings, notice({ alert: facts({ severity }) }), now)?.dueAtMs
    expect([due('high'), due('critical')], times[0]).toEqual([high, critical])
  }
})
