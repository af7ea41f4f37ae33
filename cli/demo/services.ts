// The demo's shop: its services, each with what its telemetry says of the process that runs it.
// Twelve services, one of them a cron job; who calls whom is in journeys.ts.
import { drawHex, randomOf } from './random.ts'

export type Service = {
  readonly name: string
  readonly version: string
  /** How it sends its spans. */
  readonly exporter: 'grpc' | 'http'
  readonly workload: 'deployment' | 'cronjob'
}

function service(name: string, version: string, exporter: Service['exporter']): Service {
  return { name, version, exporter, workload: 'deployment' }
}

export const SHOP = {
  storefront: service('storefront', '4.18.2', 'http'),
  catalogue: service('catalogue', '2.9.0', 'grpc'),
  search: service('search', '1.12.4', 'grpc'),
  cart: service('cart', '3.4.1', 'grpc'),
  checkout: service('checkout', '5.2.0', 'grpc'),
  orders: service('orders', '7.0.3', 'http'),
  payments: service('payments', '2.31.0', 'grpc'),
  inventory: service('inventory', '1.8.6', 'grpc'),
  notifications: service('notifications', '1.22.0', 'http'),
  accounts: service('accounts', '6.3.5', 'grpc'),
  backOffice: service('back-office', '3.1.0', 'http'),
  restockJob: { ...service('restock-job', '0.9.7', 'http'), workload: 'cronjob' },
} as const satisfies { readonly [key: string]: Service }

/** The search service after a release with a poisoned dependency. */
export const POISONED_SEARCH: Service = { ...SHOP.search, version: '1.12.5' }

export type ResourceAttributes = { readonly [key: string]: string }

/** What every span of a service says of where it runs. Source: semconv resource, k8s and service. */
export function resourceOf(
  service: Service,
  environment: string,
  seed: number,
): ResourceAttributes {
  const { name, version, workload } = service
  const random = randomOf(seed, 'pod', name, version)
  const job = `${name}-${29_350_000 + Math.floor(random() * 9_999)}`
  const owner = workload === 'cronjob' ? job : `${name}-${drawHex(random, 9)}`
  const pod = `${owner}-${drawHex(random, 5)}`
  return {
    'service.name': name,
    'service.version': version,
    'service.instance.id': pod,
    'deployment.environment.name': environment,
    'k8s.cluster.name': 'shop-eu-1',
    'k8s.namespace.name': 'shop',
    'k8s.node.name': `worker-${1 + Math.floor(random() * 4)}`,
    'k8s.pod.name': pod,
    'k8s.container.name': name,
    ...(workload === 'cronjob'
      ? { 'k8s.cronjob.name': name, 'k8s.job.name': job }
      : { 'k8s.deployment.name': name, 'k8s.replicaset.name': owner }),
  }
}
