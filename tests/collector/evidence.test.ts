// From OTLP to what is judged: encryption, instances and tags reach the graph, and a first call in the clear over an
// edge that was approved as encrypted alerts once, also when the collector is killed in between.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { listAlerts } from '../../storage/alerts.ts'
import { approveBaseline } from '../../storage/baselines.ts'
import { readGraph } from '../../storage/graph.ts'
import { type FaultWorld, openFaultWorld } from '../support/fault-world.ts'
import { waitFor } from '../support/process.ts'
import { requestOf, span, type TestSpan } from '../support/spans.ts'

let world: FaultWorld
beforeEach(async () => {
  world = await openFaultWorld()
  await world.start()
})
afterEach(() => world.close())

const PATIENCE_MS = 30_000
let nextTrace = 1
/** web -> pay by both halves, ended now. */
function call(scheme: string, resource: Record<string, string> = {}): TestSpan[] {
  const trace = (nextTrace++).toString(16).padStart(32, 'c')
  const attributes = { 'http.request.method': 'POST', 'http.route': '/pay', 'url.scheme': scheme }
  return [
    span({ trace, id: 1, service: 'web', kind: 'client', attributes, resource }),
    span({ trace, id: 2, parent: 1, service: 'pay', kind: 'server', attributes }),
  ]
}

async function send(spans: readonly TestSpan[]): Promise<void> {
  const answer = await fetch(`${world.collector.httpUrl}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(requestOf(spans)),
  })
  expect(answer.status).toBe(200)
}

const WINDOW = () => ({
  ...{ environment: 'default', fromMs: Date.now() - 3_600_000, toMs: Date.now() + 60_000 },
})

async function edgeOnceCalled(calls: number) {
  const read = async () => {
    const { nodes, edges } = await readGraph(world.sql, WINDOW())
    const edge = edges.find(({ source, target }) => source.name === 'web' && target.name === 'pay')
    return edge?.calls === calls ? { nodes, edge } : undefined
  }
  return waitFor(`${calls} calls`, read, PATIENCE_MS)
}

test('what spans say of encryption, instances and owners is on the graph', async () => {
  const resource = { 'strayline.owner': 'shop team', 'strayline.data.classes': 'pii' }
  await send(call('https', { ...resource, 'service.instance.id': 'a' }))
  await send(call('https', { 'service.instance.id': 'b' }))
  await send(call('http', { 'service.instance.id': 'b' }))
  const { nodes, edge } = await edgeOnceCalled(3)
  expect(edge.encryption).toEqual({ tlsCalls: 2, plainCalls: 1 })
  expect(edge.callerInstances).toHaveLength(2)
  expect(edge.traces).toHaveLength(2)
  const web = nodes.find(({ name }) => name === 'web')
  expect(web?.instances).toEqual(edge.callerInstances)
  expect(web?.tags).toEqual({ owner: 'shop team', dataClasses: ['pii'], exposure: '', layer: '' })
}, 60_000)

test('a first call in the clear alerts once, across kills', async () => {
  const waiting = async () => {
    const alerts = await listAlerts(world.sql, { states: ['open'], countMax: 10 })
    return alerts.map(({ kind, source, target }) => [kind, source.name, target?.name])
  }
  await send(call('https'))
  await edgeOnceCalled(1)
  await approveBaseline(world.sql, { ...WINDOW(), author: 'ann@example.org', reason: 'as seen' })
  await send(call('https'))
  await edgeOnceCalled(2)
  expect(await waiting()).toEqual([])
  await send(call('http'))
  await world.collector.kill()
  await world.start()
  await edgeOnceCalled(3)
  expect(await waiting()).toEqual([['downgraded', 'web', 'pay']])
  await send(call('http'))
  await world.collector.kill()
  await world.start()
  const { edge } = await edgeOnceCalled(4)
  expect(edge.encryption).toEqual({ tlsCalls: 2, plainCalls: 2 })
  expect(await waiting()).toEqual([['downgraded', 'web', 'pay']])
}, 120_000)
