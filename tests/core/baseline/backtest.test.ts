// What a baseline would have told: every drift of the window, when it would have opened, which of them stand already,
// and how they group.
import { describe, expect, test } from 'vitest'
import { forecastDrifts, type PastEdge } from '../../../core/baseline/backtest.ts'
import { edgeSubject } from '../../../core/baseline/drift.ts'
import { markForecast, type StandingFacts } from '../../../core/baseline/forecast.ts'
import { groupIncidents } from '../../../core/baseline/forecast-incidents.ts'
import { nodeId } from '../../../core/graph/node.ts'
import { entryOf, ruleOf } from './contents.ts'
import { arrow, edge, NOW_MS, node, prepare, type World } from './world.ts'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const FROM_MS = NOW_MS - 14 * DAY_MS
const [web, cart, pay, users] = [node('web'), node('cart'), node('pay'), node('users', 'database')]

/** Seen on these days before now. */
function seen(
  source: typeof web,
  target: typeof web,
  [first, last]: readonly [number, number],
  rest: Partial<PastEdge> = {},
): PastEdge {
  const times = { firstSeenMs: NOW_MS - first * DAY_MS, lastSeenMs: NOW_MS - last * DAY_MS }
  return { ...edge(source, target, times), isJudged: true, ...rest }
}

function forecast(world: Omit<World, 'live'> & { readonly edges: readonly PastEdge[] }) {
  const { baseline, moment } = prepare(world)
  const nodes = (world.services ?? []).map((key) => ({
    ...{ ...key, isObserved: true, firstSeenMs: NOW_MS - DAY_MS },
  }))
  const { tags, rollouts } = moment
  const at = { fromMs: FROM_MS, toMs: NOW_MS, tags, rollouts }
  return forecastDrifts({ edges: world.edges, nodes }, baseline, at)
}

const tell = (drifts: ReturnType<typeof forecast>) =>
  drifts.map(({ drift, opensAtMs, endsAtMs, isAtStart }) => {
    const days = (ms: number) => `-${(NOW_MS - ms) / DAY_MS}d`
    const ends = endsAtMs === null ? '' : ` to ${days(endsAtMs)}`
    return `${drift.kind} ${arrow(drift)} ${days(opensAtMs)}${ends}${isAtStart ? ' at start' : ''}`
  })

describe('when an alert would have opened', () => {
  test('an edge is told at its first sight, or at the begin of the window when it was there', () => {
    const edges = [seen(web, cart, [20, 0]), seen(web, pay, [3, 2])]
    expect(tell(forecast({ edges, services: [node('alone')] }))).toEqual([
      'new_service web>cart -14d at start',
      'new_service web>pay -3d',
      'new_service alone -1d',
    ])
  })

  test('an approval that runs out in the window is told then, and not when nobody calls any more', () => {
    const entries = [web, pay].map((source) =>
      entryOf(source, cart, { expiresAtMs: NOW_MS - 5 * DAY_MS }),
    )
    const edges = [seen(web, cart, [9, 0]), seen(pay, cart, [9, 7])]
    expect(tell(forecast({ entries, edges }))).toEqual(['expired web>cart -5d'])
  })

  test('a rule that denies for a time is told, and taken back when it runs out', () => {
    const deny = { source: { name: 'web' }, expiresAtMs: NOW_MS - 5 * DAY_MS }
    const world = {
      entries: [entryOf(web, cart), entryOf(web, users)],
      rules: [ruleOf('no-web', deny)],
    }
    const edges = [seen(web, cart, [9, 0]), seen(web, users, [4, 0])]
    const drifts = forecast({ ...world, edges })
    expect(tell(drifts)).toEqual(['denied web>cart -9d to -5d'])
    expect(drifts[0]!.drift.severity).toBe('high')
  })

  test('what was denied is one alert when it is a drift without the rule, too', () => {
    const deny = { source: { name: 'web' }, expiresAtMs: NOW_MS - 5 * DAY_MS }
    const rules = [ruleOf('no-web', deny)]
    const edges = [seen(web, cart, [9, 0])]
    expect(tell(forecast({ rules, edges }))).toEqual(['new_service web>cart -9d'])
  })

  test('an edge that was not called in the window is no alert, but part of a path', () => {
    const edges = [seen(web, cart, [3, 0]), seen(cart, users, [40, 20], { isJudged: false })]
    const tags = [[users, { dataClasses: ['pii'] }]] as const
    expect(tell(forecast({ edges, tags }))).toEqual(['first_path web>cart -3d'])
  })
})

describe('beside what stands', () => {
  const edges = [seen(web, cart, [3, 0]), seen(web, pay, [3, 0]), seen(pay, cart, [3, 0])]
  const standing = (each: PastEdge, rest: Partial<StandingFacts> = {}): StandingFacts => ({
    ...{ id: '1', subject: edgeSubject(each), state: 'open', kind: 'new_edge' },
    ...{ severity: 'medium', summary: '', isAlone: false, firstAtMs: FROM_MS, ...rest },
  })
  const mark = (facts: readonly StandingFacts[], given = edges) => {
    const rules = [ruleOf('no-web', { source: { name: 'web' } })]
    const drifts = forecast({ edges: given, rules, entries: [entryOf(pay, cart)] })
    const graph = { edges: given, nodes: [] }
    const { alerts, gone } = markForecast(drifts, facts, graph, NOW_MS)
    return [
      ...alerts.map(({ drift, mark: word }) => `${word} ${arrow(drift)}`),
      ...gone.map(({ subject }) => `gone ${subject === edgeSubject(edges[2]!) ? 'pay>cart' : '?'}`),
    ]
  }

  test('an alert is new, stands already, would be worse, or be gone', () => {
    const [first, second, third] = edges as [PastEdge, PastEdge, PastEdge]
    expect(mark([])).toEqual(['new web>cart', 'new web>pay'])
    expect(mark([standing(first), standing(second, { kind: 'denied' }), standing(third)])).toEqual([
      'worse web>cart',
      'same web>pay',
      'gone pay>cart',
    ])
  })

  test('a rejected one stands and is not told again', () => {
    expect(mark([standing(edges[0]!, { state: 'rejected' })])).toContain('same web>cart')
  })

  test('one that is about what came after the window is left alone', () => {
    const later = standing(seen(cart, users, [0, 0]))
    expect(mark([later])).toEqual(['new web>cart', 'new web>pay'])
  })
})

describe('grouped as incidents', () => {
  test('by deploy, by external domain, and by caller until it pauses for an hour', () => {
    const rollouts = new Map([
      [nodeId(cart), { version: '2.0', sinceMs: NOW_MS - 2 * DAY_MS - 60_000 }],
    ])
    const late = { firstSeenMs: NOW_MS - 3 * DAY_MS + 2 * HOUR_MS, lastSeenMs: NOW_MS }
    const edges = [
      seen(web, cart, [3, 0]),
      seen(web, pay, [3, 0]),
      seen(web, users, [3, 0], late),
      seen(cart, pay, [2, 0]),
      seen(cart, users, [2, 0]),
      seen(web, node('bank.com', 'external'), [3, 0]),
      seen(pay, node('bank.com', 'external'), [3, 0]),
    ]
    const groups = groupIncidents(forecast({ edges, rollouts }), rollouts)
    expect(
      groups.map(({ kind, alerts }) => [kind, alerts.map(({ drift }) => arrow(drift))]),
    ).toEqual([
      ['domain', ['pay>bank.com', 'web>bank.com']],
      ['caller', ['web>cart', 'web>pay']],
      ['caller', ['web>users']],
      ['deploy', ['cart>users', 'cart>pay']],
    ])
    expect(groups[3]!.sentence).toContain('Version “2.0” of cart came with')
  })
})
