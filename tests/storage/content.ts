// Entries, rules and contents for tests of stored baselines.
import {
  type BaselineContent,
  type BaselineEntry,
  type BaselineRule,
  plainEntry,
} from '../../core/baseline/content.ts'
import type { NodeKey } from '../../core/graph/node.ts'
import { external, NOON_MS, service } from './delta.ts'

export const web = service('web')
export const cart = service('cart')
export const db = service('postgresql:db', { kind: 'database' })

export const entry = (source: NodeKey, target: NodeKey, rest: Partial<BaselineEntry> = {}) => ({
  ...plainEntry({ source, target }),
  ...rest,
})
export const rule = (id: string, rest: Partial<BaselineRule> = {}): BaselineRule => {
  const { purpose, owner, ticket, approver, expiresAtMs, protocols, operations, ports } =
    plainEntry({ source: web, target: cart })
  const notes = { purpose, owner, ticket, approver, expiresAtMs, protocols, operations, ports }
  return { id, effect: 'deny', source: {}, target: {}, ...notes, ...rest }
}
export const contentOf = (
  entries: readonly BaselineEntry[],
  rules: readonly BaselineRule[] = [],
): BaselineContent => ({ environment: 'prod', entries, rules, nodes: [] })

/** One of everything that can be said. */
export const FULL = contentOf(
  [
    entry(web, cart, {
      ...{ purpose: 'fills "carts"', owner: 'shop', ticket: 'SHOP-1', approver: 'eve' },
      expiresAtMs: NOON_MS + 5 * 365 * 86_400_000 + 123,
      ...{ protocols: ['http', 'grpc'], operations: ['GET /', 'a,b {"} \\ \u202E'], ports: [443] },
      ...{ isEncrypted: true, exceptionTo: ['no-web', 'x.y_z'], quarantine: ['one_trace'] },
    }),
    entry(cart, external('example.com'), { operations: [], ports: [] }),
    entry(cart, service('pay', { environment: 'staging', namespace: 'shop' })),
  ],
  [
    rule('no-web', {
      source: { name: 'web*', except: [{ namespace: 'ops', except: [{ owner: 'x' }] }] },
      target: { kind: 'database', dataClass: 'pii', exposure: '', layer: 'data' },
      ...{ purpose: 'layers', approver: 'eve', expiresAtMs: NOON_MS },
    }),
    rule('allow.all', { effect: 'allow', approver: 'eve', protocols: ['database'] }),
  ],
)
