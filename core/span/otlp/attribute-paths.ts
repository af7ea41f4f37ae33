// Sequences of attributes met before, as a tree: each node is one more attribute behind those of its parent,
// and knows which attribute set a span has that ends there. Spans of one place in a program have the same
// attributes in the same order, so most attributes are met by comparing bytes with one node's. A cache and
// nothing else: what a node stands for is found out by decoding the bytes it keeps (attributes.ts).
import type { ByteSource } from './byte-table.ts'

import * as pathWords from './path-words.ts'

const {
  Form,
  NODE_BYTES,
  NODE_FORM,
  NODE_HASH,
  NODE_KEY_SIZE,
  NODE_KEY_TAIL,
  NODE_LATEST,
  NODE_MODE,
  NODE_PARENT,
  NODE_PATH,
  NODE_SET,
  NODE_SIZE,
  NODE_TAIL,
  NODE_VALUE,
  NODE_WORDS,
  NOWHERE,
  RESOURCE_ROOT,
  SPAN_ROOT,
} = pathWords

const ROOTS = 2
const NODES_MAX = 131_072
const STORED_BYTES_MAX = 512
const BYTES_MAX = 8_000_000
const PROBES_MAX = 16
/** Nodes made on credit; each span earns one more, so that values which never repeat cost little. */
const FIRST_CREDIT = 4_096

export type AttributePaths = {
  words: Int32Array
  count: number
  /** Bytes of the nodes, four a word, little-endian. */
  bytes: Int32Array
  bytesEnd: number
  /** Open addressing from parent and attribute to nodes, 0 = free. Length is a power of two. */
  slots: Int32Array
  /** Spans that ended in the tree or beside it. */
  spans: number
}

export function createAttributePaths(): AttributePaths {
  const words = new Int32Array(64 * NODE_WORDS)
  for (const root of [SPAN_ROOT, RESOURCE_ROOT]) {
    words[root + NODE_PARENT] = NOWHERE
    words[root + NODE_SET] = -1
  }
  return {
    words,
    count: ROOTS,
    bytes: new Int32Array(1024),
    bytesEnd: 0,
    slots: new Int32Array(256),
    spans: 0,
  }
}

export function arePathsFull({ count, bytesEnd }: AttributePaths): boolean {
  return count >= NODES_MAX || 4 * bytesEnd > BYTES_MAX
}

/** Whether the whole KeyValue at from .. to is the node's. */
export function isExactly(
  { words, bytes }: AttributePaths,
  node: number,
  { view }: ByteSource,
  from: number,
  to: number,
): boolean {
  if (words[node + NODE_SIZE] !== to - from) return false
  if (words[node + NODE_TAIL] !== view.getInt32(to - 4, true)) return false
  let at = from
  for (let word = words[node + NODE_BYTES]!; at + 4 <= to; word++, at += 4)
    if (bytes[word] !== view.getInt32(at, true)) return false
  return true
}

/** Whether the KeyValue at from .. to begins with the node's key, and more than a field's head follows. */
export function hasItsKey(
  { words, bytes }: AttributePaths,
  node: number,
  { view }: ByteSource,
  from: number,
  to: number,
): boolean {
  const end = from + words[node + NODE_KEY_SIZE]!
  if (to - end < 4 || words[node + NODE_KEY_TAIL] !== view.getInt32(end - 4, true)) return false
  let at = from
  for (let word = words[node + NODE_BYTES]!; at + 4 <= end; word++, at += 4)
    if (bytes[word] !== view.getInt32(at, true)) return false
  return true
}

/** An attribute behind those of `parent`: its bytes at from .. to, those before its value up to keyEnd. */
export type Step = {
  parent: number
  form: number
  from: number
  keyEnd: number
  to: number
  mode: number
  value: number
  path: number
}

/** The node of a step, made when it is new and there is room; else NOWHERE. */
export function findOrAddNode(paths: AttributePaths, source: ByteSource, step: Step): number {
  const hash = hashStep(source, step)
  const { slots } = paths
  const mask = slots.length - 1
  for (let probe = 0; probe < PROBES_MAX; probe++) {
    const slot = (hash + probe) & mask
    const node = slots[slot]!
    if (node === 0) return addNode(paths, source, step, { hash, slot })
    if (paths.words[node + NODE_HASH] === hash && isNodeOf(paths, node, source, step)) {
      paths.words[step.parent + NODE_LATEST] = node
      return node
    }
  }
  return NOWHERE
}

function isNodeOf(
  paths: AttributePaths,
  node: number,
  source: ByteSource,
  { parent, form, from, to, keyEnd, value, path }: Step,
): boolean {
  const { words } = paths
  if (words[node + NODE_PARENT] !== parent || words[node + NODE_FORM] !== form) return false
  if (form === Form.exact) return isExactly(paths, node, source, from, to)
  if (words[node + NODE_KEY_SIZE] !== keyEnd - from) return false
  if (words[node + NODE_VALUE] !== value || words[node + NODE_PATH] !== path) return false
  return hasItsKey(paths, node, source, from, to)
}

type Place = { readonly hash: number; readonly slot: number }

function addNode(
  paths: AttributePaths,
  source: ByteSource,
  { parent, form, from, to, keyEnd, mode, value, path }: Step,
  { hash, slot }: Place,
): number {
  const size = (form === Form.key ? keyEnd : to) - from
  const isOnCredit = paths.count > FIRST_CREDIT + paths.spans
  if (isOnCredit || arePathsFull(paths) || size > STORED_BYTES_MAX) return NOWHERE
  const node = paths.count++ * NODE_WORDS
  if (node === paths.words.length) paths.words = doubled(paths.words)
  const { words } = paths
  words[node + NODE_FORM] = form
  words[node + NODE_BYTES] = storeBytes(paths, source, from, size)
  words[node + NODE_SIZE] = size
  words[node + NODE_KEY_SIZE] = keyEnd - from
  words[node + NODE_TAIL] = source.view.getInt32(from + size - 4, true)
  words[node + NODE_KEY_TAIL] = source.view.getInt32(keyEnd - 4, true)
  words[node + NODE_PARENT] = parent
  words[node + NODE_SET] = -1
  words[node + NODE_MODE] = mode
  words[node + NODE_VALUE] = value
  words[node + NODE_PATH] = path
  words[node + NODE_HASH] = hash
  words[parent + NODE_LATEST] = node
  paths.slots[slot] = node
  if (paths.count * 2 > paths.slots.length) growSlots(paths)
  return node
}

/** Whole words, then those left over in one more. */
function storeBytes(
  paths: AttributePaths,
  { bytes }: ByteSource,
  from: number,
  size: number,
): number {
  const start = paths.bytesEnd
  paths.bytesEnd += (size + 3) >> 2
  while (paths.bytesEnd > paths.bytes.length) paths.bytes = doubled(paths.bytes)
  for (let at = 0; at < size; at++)
    paths.bytes[start + (at >> 2)]! |= bytes[from + at]! << (8 * (at & 3))
  return start
}

/** The bytes of a node, to be decoded again. */
export function bytesOfNode({ words, bytes }: AttributePaths, node: number): Uint8Array {
  const start = words[node + NODE_BYTES]!
  return Uint8Array.from(
    { length: words[node + NODE_SIZE]! },
    (_, at) => bytes[start + (at >> 2)]! >>> (8 * (at & 3)),
  )
}

function hashStep(
  { view }: ByteSource,
  { parent, form, from, to, keyEnd, value, path }: Step,
): number {
  let hash = Math.imul(parent ^ form ^ (value << 8) ^ (path << 20), 0x9e3779b1)
  const end = form === Form.exact ? to : keyEnd
  for (let at = from; at + 4 < end; at += 4) {
    hash = Math.imul(hash ^ view.getInt32(at, true), 0x9e3779b1)
    hash ^= hash >>> 15
  }
  hash = Math.imul(hash ^ view.getInt32(end - 4, true), 0x9e3779b1)
  return hash ^ (hash >>> 15)
}

function growSlots(paths: AttributePaths): void {
  const slots = new Int32Array(paths.slots.length * 4)
  const mask = slots.length - 1
  for (let node = ROOTS * NODE_WORDS; node < paths.count * NODE_WORDS; node += NODE_WORDS) {
    const hash = paths.words[node + NODE_HASH]!
    let probe = 0
    while (probe < PROBES_MAX && slots[(hash + probe) & mask] !== 0) probe++
    if (probe < PROBES_MAX) slots[(hash + probe) & mask] = node
  }
  paths.slots = slots
}

function doubled(words: Int32Array): Int32Array {
  const longer = new Int32Array(words.length * 2)
  longer.set(words)
  return longer
}
