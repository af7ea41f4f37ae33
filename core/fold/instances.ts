// Which instance of a service (a pod, a host) a span comes from, so that an edge that one instance alone
// makes can be told from one that all make. Instances come and go by the thousand, so none has a name here:
// an instance is a digest of 20 bits of its name, which fits into a word that every span has anyway. Two of one
// service share a digest once in a million pairs, and then count as one.
import type { AttributeSet, SpanBatch } from '../span/batch.ts'
import { RESOURCE_KEYS } from '../span/keys.ts'

/** The first that is stated names the instance. */
const INSTANCE_KEYS = ['service.instance.id', 'k8s.pod.name', 'host.name'].map((name) =>
  RESOURCE_KEYS.findIndex((key) => key.name === name),
)
export const DIGESTS = 2 ** 20 - 1

/** Of each of the batch's resource sets: 1 to 2^20 - 1, or 0: it names no instance. */
export function instancesOf(batch: SpanBatch): Int32Array {
  return Int32Array.from(batch.resourceSets, (set) => {
    const name = instanceName(set, batch.strings)
    return name === '' ? 0 : 1 + (hashOf(name) % DIGESTS)
  })
}

function instanceName({ keys, values }: AttributeSet, strings: readonly string[]): string {
  for (const key of INSTANCE_KEYS) {
    const at = keys.indexOf(key)
    const name = at < 0 ? '' : strings[values[at]!]!
    if (name !== '') return name
  }
  return ''
}

/** FNV-1a over the text, 32 bits, with its bits spread. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return (hash ^ (hash >>> 15)) >>> 0
}
