// The list of alerts by incident keeps every alert once, those of an incident together.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AlertView } from '../../components/alerts/alert-view.ts'
import { groupAlerts } from '../../components/alerts/group-alerts.ts'
import { NO_NEWS, NOTHING_REACHED, SEVERITIES } from '../../core/baseline/drift.ts'

const node = { environment: 'prod', kind: 'service', namespace: '', name: 'cart' } as const

const anyAlerts = fc
  .array(
    fc.record({
      incident: fc.constantFrom(null, '1', '2', '3'),
      severity: fc.constantFrom(...SEVERITIES),
    }),
    { maxLength: 12 },
  )
  .map((alerts) =>
    alerts.map(({ incident, severity }, i): AlertView => {
      const name = incident ? { id: incident, kind: 'caller' as const, sentence: 'It did.' } : null
      return {
        ...{ id: String(i), environment: 'prod', kind: 'new_edge', severity, state: 'open' },
        ...{ snoozedUntilMs: null, assignee: null, summary: '', reasons: [], reasonsAgainst: [] },
        ...{ source: node, target: node, baselineVersion: 1, ruleId: null, news: NO_NEWS },
        ...{ reaches: NOTHING_REACHED, firstMs: 0, lastMs: 0, episode: 1, incident: name },
      }
    }),
  )

test('each alert is in one group, in the order of the list, with no others than of its incident', () => {
  fc.assert(
    fc.property(anyAlerts, (alerts) => {
      const groups = groupAlerts(alerts)
      const ids = groups.map((group) => group.alerts.map(({ id }) => Number(id)))
      expect(ids.flat().toSorted((a, b) => a - b)).toEqual(alerts.map(({ id }) => Number(id)))
      for (const group of ids) expect(group).toEqual(group.toSorted((a, b) => a - b))
      const firsts = ids.map((group) => group[0] ?? -1)
      expect(firsts).toEqual(firsts.toSorted((a, b) => a - b))
      for (const group of groups) {
        const incidents = new Set(group.alerts.map(({ incident }) => incident?.id ?? null))
        expect(incidents.size).toBe(1)
        expect(group.incident?.id ?? null).toBe(group.alerts.length > 1 ? [...incidents][0] : null)
        const ranks = group.alerts.map(({ severity }) => SEVERITIES.indexOf(severity))
        expect(SEVERITIES.indexOf(group.severity)).toBe(Math.min(...ranks))
      }
    }),
  )
})

test('what has no incident is never grouped', () => {
  fc.assert(
    fc.property(anyAlerts, (alerts) => {
      const loose = alerts.map((alert) => ({ ...alert, incident: null }))
      expect(groupAlerts(loose).map((group) => group.alerts.length)).toEqual(loose.map(() => 1))
    }),
  )
})
