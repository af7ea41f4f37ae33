// Which alerts a route is about, and which routes speak.
import { describe, expect, test } from 'vitest'
import { chooseBudgetRoutes, chooseRoutes, matchesAlert } from '../../../core/notify/match.ts'
import type { AlertFacts } from '../../../core/notify/notice.ts'
import { RouteMatch } from '../../../core/notify/route.ts'
import { facts, route } from './routing.ts'

const matches = (match: { readonly [part: string]: unknown }, given: Partial<AlertFacts>) =>
  matchesAlert(RouteMatch.parse(match), facts(given))

test('a route that states nothing is about every alert', () => {
  expect(matches({}, { severity: 'low' })).toBe(true)
})

describe('what is stated must hold', () => {
  test.each([
    ['environments', ['prod'], { environment: 'prod' }, true],
    ['environments', ['prod'], { environment: 'Prod' }, false],
    ['environments', ['prod*'], { environment: 'prod-eu' }, true],
    ['environments', ['staging', '*-eu'], { environment: 'prod-eu' }, true],
    ['environments', ['prod.*'], { environment: 'prod-eu' }, false],
    ['kinds', ['new_edge'], { kind: 'new_edge' }, true],
    ['kinds', ['new_edge'], { kind: 'denied' }, false],
    ['severity', 'high', { severity: 'critical' }, true],
    ['severity', 'high', { severity: 'high' }, true],
    ['severity', 'high', { severity: 'medium' }, false],
    ['owners', ['team-*'], { owners: ['Team-Pay'] }, true],
    ['owners', ['TEAM-PAY'], { owners: ['ops', 'team-pay'] }, true],
    ['owners', ['team-pay'], { owners: [] }, false],
    ['owners', ['*'], { owners: [''] }, false],
    ['dataClasses', ['pii'], { dataClasses: ['pii'] }, true],
    ['dataClasses', ['PII'], { reachedClasses: ['pii'] }, true],
    ['dataClasses', ['pii'], { dataClasses: ['cards'] }, false],
    ['exposures', ['public'], { exposures: ['Public'] }, true],
    ['exposures', ['public'], { exposures: ['internal'] }, false],
    ['layers', ['edge', 'data'], { layers: ['data'] }, true],
    ['layers', ['edge'], { layers: ['data'] }, false],
  ] as const)('%s %j and %j: %s', (part, stated, given, expected) => {
    expect(matches({ [part]: stated }, given as Partial<AlertFacts>)).toBe(expected)
  })

  test('all of it', () => {
    const stated = { environments: ['prod'], owners: ['pay'], kinds: ['denied'] }
    const whole = { environment: 'prod', owners: ['pay'], kind: 'denied' } as const
    expect(matches(stated, whole)).toBe(true)
    expect(matches(stated, { ...whole, environment: 'dev' })).toBe(false)
    expect(matches(stated, { ...whole, owners: ['ops'] })).toBe(false)
    expect(matches(stated, { ...whole, kind: 'expired' })).toBe(false)
  })
})

describe('routes', () => {
  const idsOf = (routes: readonly { readonly id: string }[]) => routes.map(({ id }) => id)

  test('the first of a channel speaks, by place; the others of it do not', () => {
    const routes = [
      route({ id: '2', place: 2 }),
      route({ id: '1', place: 1 }),
      route({ id: '3', place: 0, match: { kinds: ['denied'] } }),
    ]
    expect(idsOf(chooseRoutes(routes, facts()))).toEqual(['1'])
    expect(idsOf(chooseRoutes(routes, facts({ kind: 'denied' })))).toEqual(['3'])
  })

  test('every channel has its own', () => {
    const routes = [route({ id: '1' }), route({ id: '2', channelId: '2' })]
    expect(idsOf(chooseRoutes(routes, facts()))).toEqual(['1', '2'])
  })

  test('one that is switched off leaves the word to the next', () => {
    const routes = [route({ id: '1', isEnabled: false }), route({ id: '2', place: 1 })]
    expect(idsOf(chooseRoutes(routes, facts()))).toEqual(['2'])
  })

  test('a budget goes by environment, and counts as medium', () => {
    const routes = [
      route({ id: '1', channelId: '1', match: { environments: ['dev'] } }),
      route({ id: '2', channelId: '2', match: { environments: ['pro*'], owners: ['pay'] } }),
      route({ id: '3', channelId: '3', match: { severity: 'high' } }),
      route({ id: '4', channelId: '4', match: { severity: 'medium', kinds: ['denied'] } }),
      route({ id: '5', channelId: '4', place: 1 }),
    ]
    expect(idsOf(chooseBudgetRoutes(routes, 'prod'))).toEqual(['2', '4'])
  })
})
