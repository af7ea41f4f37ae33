// Which service a resource is (R1, Identity), and which services are proxies that the graph sees through.
import { type Glob, matchesAny } from '../graph/glob.ts'
import type { Attributes } from './names.ts'
import type { ServiceIdentity } from './options.ts'

export type Service = {
  readonly environment: string
  readonly namespace: string
  readonly name: string
}

export type ServiceTable = {
  readonly services: Service[]
  readonly serviceByKey: Map<string, number>
  /** Services that are spliced out: see proxies.ts. */
  readonly transparent: Set<number>
}

export type ServiceOptions = {
  readonly serviceIdentity: ServiceIdentity
  readonly transparentServices: readonly Glob[]
}

/** Position of the resource's service in `table.services`, or -1 when it names none. */
export function internService(
  table: ServiceTable,
  options: ServiceOptions,
  get: Attributes,
): number {
  const name = get('service.name')
  if (name === '') return -1
  const environment =
    get('deployment.environment.name') || get('deployment.environment') || 'default'
  const isNamespaced = options.serviceIdentity === 'namespace/name'
  const namespace = isNamespaced ? get('service.namespace') : ''
  const key = `${environment}\0${namespace}\0${name}`
  const known = table.serviceByKey.get(key)
  if (known !== undefined) return known
  const id = table.services.push({ environment, namespace, name }) - 1
  table.serviceByKey.set(key, id)
  if (isTransparent(options, namespace, name)) table.transparent.add(id)
  return id
}

/** A pattern with a slash is one for namespace/name. namespace: '' when there is none, or none is known. */
export function isTransparent(options: ServiceOptions, namespace: string, name: string): boolean {
  const { transparentServices } = options
  if (transparentServices.length === 0) return false
  if (matchesAny(transparentServices, name)) return true
  return namespace !== '' && matchesAny(transparentServices, `${namespace}/${name}`)
}
