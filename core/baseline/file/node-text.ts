// A node as a baseline file writes it. Most are one readable text: `checkout` or `shop/checkout` (a service,
// with its namespace), `database postgresql:orders` (any other kind: kind, space, name). Whatever does not
// fit - odd names, another environment - is written in full, as fields.
import { NODE_KINDS, type NodeKey, type NodeKind } from '../../graph/node.ts'
import { closestWord } from './place.ts'

/** The fields of a node written in full; what is left out: a service, no namespace, the file's environment. */
export type NodeFields = {
  readonly kind?: NodeKind | undefined
  readonly namespace?: string | undefined
  readonly name: string
  readonly environment?: string | undefined
}

/** Names that cannot be read as anything else. */
const PLAIN_SERVICE = /^[\p{L}\p{N}_.:@+*~=-]+$/u
const PLAIN_NAME = /^[^\s\p{C}\p{Z}](?:[^\s\p{C}\p{Z}]| (?! ))*(?<! )$/u

export type ReadNode =
  | { readonly ok: true; readonly node: NodeFields }
  | { readonly ok: false; readonly message: string }

/** Errors: one sentence; never throws. */
export function readNodeText(text: string): ReadNode {
  const space = text.indexOf(' ')
  if (space < 0) return readServiceText(text)
  const word = text.slice(0, space)
  const rest = text.slice(space + 1)
  const kind = NODE_KINDS.find((known) => known === word)
  if (kind === undefined) return refuseKind(word)
  if (kind === 'service') return readServiceText(rest)
  if (rest.trim() !== rest || rest === '')
    return refuse('a name that begins or ends with a space, or is empty, is written { name: ... }')
  return { ok: true, node: { kind, name: rest } }
}

function readServiceText(text: string): ReadNode {
  if (/\s/.test(text)) return refuse('a service with a space in its name is written { name: ... }')
  const parts = text.split('/')
  if (parts.length > 2)
    return refuse('a service with a slash in its name is written { namespace: ..., name: ... }')
  if (parts.includes('')) return refuse('a service is written name, or namespace/name')
  const [first = '', second] = parts
  if (second === undefined) return { ok: true, node: { name: first } }
  return { ok: true, node: { namespace: first, name: second } }
}

function refuseKind(word: string): ReadNode {
  const close = closestWord(word, NODE_KINDS)
  const hint = close ? `did you mean ${close}?` : `kinds are ${NODE_KINDS.join(', ')}`
  return refuse(`${JSON.stringify(word)} is no kind of node; ${hint}`)
}

function refuse(message: string): ReadNode {
  return { ok: false, message }
}

/** The identity that fields mean in a file of an environment. */
export function nodeOfFields(fields: NodeFields, environment: string): NodeKey {
  return {
    environment: fields.environment ?? environment,
    kind: fields.kind ?? 'service',
    namespace: fields.namespace ?? '',
    name: fields.name,
  }
}

/** The readable text where one says it all, else the fields that are needed. */
export function writeNode(node: NodeKey, environment: string): string | NodeFields {
  const text = textOf(node)
  if (text !== null && node.environment === environment) return text
  return {
    ...(node.kind === 'service' ? {} : { kind: node.kind }),
    ...(node.namespace === '' ? {} : { namespace: node.namespace }),
    name: node.name,
    ...(node.environment === environment ? {} : { environment: node.environment }),
  }
}

function textOf({ kind, namespace, name }: NodeKey): string | null {
  if (kind !== 'service')
    return namespace === '' && PLAIN_NAME.test(name) ? `${kind} ${name}` : null
  if (!PLAIN_SERVICE.test(name)) return null
  if (namespace === '') return name
  return PLAIN_SERVICE.test(namespace) ? `${namespace}/${name}` : null
}
