// What a request makes the test shop do, in the words of a test: calls to its own services, which
// really happen, and calls to a database or an outside host, of which only the client half exists.

/** A call as the service performs it. */
export type Call = {
  readonly name: string
  readonly attributes: Readonly<Record<string, string | number>>
  readonly isError: boolean
  /** Absent: nothing is called, as with an uninstrumented callee. */
  readonly url?: string
  /** What the callee does in turn. */
  readonly below?: readonly Call[]
}

export type Addresses = Readonly<Record<string, number>>

/** A call of one of the shop's own services, at its real port. */
export function toService(
  addresses: Addresses,
  name: string,
  route: string,
  below: readonly Call[] = [],
): Call {
  const port = addresses[name]
  if (port === undefined) throw new Error(`the shop has no service ${name}`)
  return {
    name: `POST ${route}`,
    attributes: {
      'http.request.method': 'POST',
      'server.address': '127.0.0.1',
      'server.port': port,
    },
    isError: false,
    url: `http://127.0.0.1:${port}${route}`,
    below,
  }
}

export function toDatabase(host: string, namespace: string, operation: string): Call {
  return {
    name: `${operation} ${namespace}`,
    attributes: {
      'db.system.name': 'postgresql',
      'db.namespace': namespace,
      'db.operation.name': operation,
      'db.query.text': `${operation} secret from ${namespace}`,
      'server.address': host,
    },
    isError: false,
  }
}

export function toHost(host: string): Call {
  return {
    name: 'POST',
    attributes: {
      'http.request.method': 'POST',
      'url.full': `https://${host}/v1/things?token=secret`,
      'server.address': host,
      'server.port': 443,
    },
    isError: false,
  }
}
