// The traffic of a middling shop as OTLP/JSON, for pictures: twelve services, three databases, a queue,
// two companies outside. Deterministic; times are the moment of sending.

type Attributes = Readonly<Record<string, string>>
type Step = {
  readonly service: string
  readonly route: string
  readonly below?: readonly Step[]
  /** Client-side calls that nobody answers: databases, brokers, hosts. */
  readonly calls?: readonly Attributes[]
  readonly isConsumer?: boolean
}

const HTTP = { 'http.request.method': 'POST' }
const store = (host: string, name: string): Attributes => ({
  'db.system.name': 'postgresql',
  'db.namespace': name,
  'db.operation.name': 'SELECT',
  'server.address': host,
})
const host = (name: string): Attributes => ({ ...HTTP, 'server.address': name })
const topic = { 'messaging.system': 'kafka', 'messaging.destination.name': 'order-placed' }

export const SHOP_STORY: readonly Step[] = [
  {
    service: 'web',
    route: '/checkout',
    below: [
      {
        service: 'gateway',
        route: '/api/checkout',
        below: [
          { service: 'accounts', route: '/session', calls: [store('pg-accounts', 'accounts')] },
          {
            service: 'cart',
            route: '/cart/{id}',
            below: [{ service: 'pricing', route: '/quote' }],
            calls: [{ 'db.system.name': 'redis', 'server.address': 'cart-cache' }],
          },
          {
            service: 'orders',
            route: '/orders',
            below: [
              { service: 'inventory', route: '/reserve', calls: [store('pg-stock', 'stock')] },
              {
                service: 'payments',
                route: '/charge',
                calls: [host('api.stripe.example')],
              },
            ],
            calls: [store('pg-orders', 'orders'), topic],
          },
        ],
      },
      { service: 'search', route: '/search', below: [{ service: 'catalogue', route: '/items' }] },
    ],
  },
  { service: 'shipping', route: 'order-placed', isConsumer: true },
  {
    service: 'notifications',
    route: 'order-placed',
    isConsumer: true,
    calls: [host('smtp.mailer.example')],
  },
]

/** What strays: a service that never did so reaches into another's database, and an outside host. */
export const STRAY_STORY: readonly Step[] = [
  {
    service: 'web',
    route: '/search',
    below: [
      {
        service: 'search',
        route: '/search',
        below: [{ service: 'inventory', route: '/admin/export' }],
        calls: [host('paste.evil.example')],
      },
    ],
  },
  {
    service: 'shipping',
    route: 'order-placed',
    isConsumer: true,
    calls: [store('pg-stock', 'stock')],
  },
]

/** Sends a story once as OTLP/JSON. traceNumber: another one each time. Errors: throws unless accepted. */
export async function tell(
  story: readonly Step[],
  to: { readonly otlpHttpPort: number; readonly traceNumber: number },
): Promise<void> {
  const spans: unknown[] = []
  story.forEach((step, i) => {
    addStep(spans, step, {
      traceId: (to.traceNumber * 100 + i + 1).toString(16).padStart(32, '0'),
      parentId: '',
      depth: 0,
    })
  })
  const response = await fetch(`http://127.0.0.1:${to.otlpHttpPort}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceSpans: spans }),
  })
  if (!response.ok) throw new Error(`the collector answered ${response.status}`)
}

type Place = { readonly traceId: string; readonly parentId: string; readonly depth: number }

function addStep(spans: unknown[], step: Step, place: Place): void {
  const consumer = step.isConsumer ?? false
  const attributes = consumer
    ? { ...topic, 'messaging.operation.type': 'process' }
    : { ...HTTP, 'http.route': step.route }
  const id = addSpan(spans, step.service, { kind: consumer ? 5 : 2, attributes, place })
  const under = { ...place, parentId: id, depth: place.depth + 1 }
  for (const attributes of step.calls ?? []) {
    const kind = 'messaging.system' in attributes ? 4 : 3
    addSpan(spans, step.service, { kind, attributes, place: under })
  }
  for (const next of step.below ?? []) {
    const client = addSpan(spans, step.service, { kind: 3, attributes: HTTP, place: under })
    addStep(spans, next, { ...under, parentId: client, depth: under.depth + 1 })
  }
}

type SpanInput = { readonly kind: number; readonly attributes: Attributes; readonly place: Place }

function addSpan(spans: unknown[], service: string, input: SpanInput): string {
  const spanId = (spans.length + 1).toString(16).padStart(16, '0')
  const { traceId, parentId, depth } = input.place
  const startMs = Date.now() - 1_000 + depth * 20
  spans.push({
    resource: {
      attributes: pairs({
        'service.name': service,
        'service.version': '1.4.2',
        'deployment.environment.name': 'production',
      }),
    },
    scopeSpans: [
      {
        spans: [
          {
            traceId,
            spanId,
            parentSpanId: parentId,
            kind: input.kind,
            startTimeUnixNano: `${startMs}000000`,
            endTimeUnixNano: `${startMs + 400 - depth * 45}000000`,
            attributes: pairs(input.attributes),
          },
        ],
      },
    ],
  })
  return spanId
}

function pairs(attributes: Attributes): unknown[] {
  return Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } }))
}
