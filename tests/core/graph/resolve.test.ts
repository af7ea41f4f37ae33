// Identities decided at reading: stated names become the one service of that name, hosts their domain.
import { expect, test } from 'vitest'
import { type NodeKey, nodeId } from '../../../core/graph/node.ts'
import { externalDomain, type ResolvableNode, resolveNodes } from '../../../core/graph/resolve.ts'

function service(name: string, namespace: string, isObserved: boolean): ResolvableNode {
  return { environment: 'prod', kind: 'service', namespace, name, isObserved }
}

function resolved(node: NodeKey, nodes: readonly ResolvableNode[]): string {
  const { namespace, name } = resolveNodes(nodes).get(nodeId(node))!
  return `${namespace}/${name}`
}

test('a name that only peers state is the one service of that name', () => {
  const stated = service('orders', '', false)
  expect(resolved(stated, [stated, service('orders', 'shop', true)])).toBe('shop/orders')
})

test('a stated name that two services share stays what was stated', () => {
  const stated = service('orders', '', false)
  const two = [stated, service('orders', 'shop', true), service('orders', 'lab', true)]
  expect(resolved(stated, two)).toBe('/orders')
})

test('a service without namespace that sends spans keeps its own identity', () => {
  const own = service('orders', '', true)
  expect(resolved(own, [own, service('orders', 'shop', true)])).toBe('/orders')
})

test('a service of another environment does not answer to the name', () => {
  const stated = service('orders', '', false)
  const other = { ...service('orders', 'shop', true), environment: 'staging' }
  expect(resolved(stated, [stated, other])).toBe('/orders')
})

test.each([
  ['api.eu.payments.example.com', 'example.com'],
  ['shop.example.co.uk', 'example.co.uk'],
  ['tenant.s3.amazonaws.com', 'tenant.s3.amazonaws.com'],
  ['someone.github.io', 'someone.github.io'],
  ['10.0.0.7', '10.0.0.7'],
  ['2001:db8::1', '2001:db8::1'],
  ['redis', 'redis'],
  ['/var/run/docker.sock', '/var/run/docker.sock'],
  ['aws:dynamodb', 'aws:dynamodb'],
])('the host %s is the external node %s', (host, domain) => {
  expect(externalDomain(host)).toBe(domain)
})
