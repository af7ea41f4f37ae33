// Attributes of spans and resources into sets. Two ways to the same set: along the tree of sequences met
// before (attribute-paths.ts), and, for what is new, attribute by attribute into a draft.
import type { BatchBuilder } from '../builder-columns.ts'
import {
  type AttributeDraft,
  clearAttributes,
  decodeAttribute,
  internAttributes,
  modeOfText,
} from './attribute-draft.ts'
import {
  type AttributePaths,
  bytesOfNode,
  createAttributePaths,
  findOrAddNode,
  hasItsKey,
  isExactly,
  type Step,
} from './attribute-paths.ts'
import { createKeyTable } from './key-table.ts'
import {
  createKeyValueReader,
  isKeyThenValue,
  type KeyValueReader,
  readKeyValue,
  usualValue,
} from './key-value.ts'
import * as pathWords from './path-words.ts'
import { internBytes, reductionMode, type ValueCache } from './value-cache.ts'
import * as valueKind from './value-kind.ts'
import { createWireReader, readLength, type WireReader } from './wire.ts'

// The engine folds a module's own constants into the code; imported ones it loads and checks at each use.
const {
  Form,
  NODE_FORM,
  NODE_KEY_SIZE,
  NODE_LATEST,
  NODE_MODE,
  NODE_PARENT,
  NODE_PATH,
  NODE_SET,
  NODE_VALUE,
  NOWHERE,
  RESOURCE_ROOT,
  SPAN_ROOT,
} = pathWords
const { ONE_INT, UNUSUAL, ValueKind } = valueKind

/** The two kinds of values that are templated. */
const URL_TEXT = reductionMode('origin') + ValueKind.string
const PATH_TEXT = reductionMode('path') + ValueKind.string

/** Guesses: for so many kinds of span (by resource, kind and name) the nodes of the last one. */
const GUESSED_KINDS = 1024
const GUESS_SHIFT = 22
const GUESSED_DEPTH = 24

/** Reads the attributes of one span or resource after the other. */
export type AttributeReader = AttributeDraft & {
  wire: WireReader
  pair: KeyValueReader
  readonly paths: AttributePaths
  readonly guesses: Int32Array
  /** Where the sequence of the span or resource at hand has led; NOWHERE: it is in the draft. */
  node: number
  /** Where its guesses are, and where they end. */
  guess: number
  guessEnd: number
  readonly step: Step
}

/** Reads nothing before setSource. */
export function createAttributeReader(builder: BatchBuilder, cache: ValueCache): AttributeReader {
  const { peerKeys, depthMax } = builder.limits
  const wire = createWireReader(new Uint8Array(0))
  return {
    wire,
    pair: createKeyValueReader(wire, depthMax),
    builder,
    cache,
    paths: createAttributePaths(),
    guesses: new Int32Array(GUESSED_KINDS * GUESSED_DEPTH),
    peerTable: peerKeys.length === 0 ? null : createKeyTable(peerKeys),
    node: NOWHERE,
    isResource: false,
    guess: 0,
    guessEnd: 0,
    step: { parent: 0, form: 0, from: 0, keyEnd: 0, to: 0, mode: 0, value: 0, path: 0 },
  }
}

/** From here on attributes are read from this body. */
export function setSource(reader: AttributeReader, wire: WireReader): void {
  reader.wire = wire
  reader.pair = createKeyValueReader(wire, reader.pair.depthMax)
}

/** No attributes yet. likeness: equal for spans that probably have the same attributes. */
export function beginAttributes(
  reader: AttributeReader,
  isResource: boolean,
  likeness: number,
): void {
  reader.isResource = isResource
  reader.node = isResource ? RESOURCE_ROOT : SPAN_ROOT
  const kind = Math.imul(likeness, 0x9e3779b1) >>> GUESS_SHIFT
  reader.guess = kind * GUESSED_DEPTH
  reader.guessEnd = reader.guess + GUESSED_DEPTH
}

/** Reads the attribute whose tag was read, and those that follow it directly. */
export function readAttributes(reader: AttributeReader, tag: number, end: number): void {
  const { wire } = reader
  const { bytes } = wire
  for (;;) {
    readAttribute(reader, readLength(wire, end) + wire.pos)
    if (wire.pos >= end || bytes[wire.pos] !== tag) return
    wire.pos++
  }
}

/** Reads the KeyValue that ends at `end`. */
export function readAttribute(reader: AttributeReader, end: number): void {
  const { wire, node } = reader
  const from = wire.pos
  if (node !== NOWHERE) {
    const guess = reader.guess < reader.guessEnd ? reader.guesses[reader.guess]! : 0
    const next = follow(reader, node, guess, end)
    if (next !== NOWHERE) {
      if (next !== guess && reader.guess < reader.guessEnd) reader.guesses[reader.guess] = next
      reader.guess++
      reader.node = next
      return
    }
    reader.node = NOWHERE
    replay(reader, node)
    wire.pos = from
  }
  decodeAttribute(reader, reader.pair, end)
}

/** Position in the lexicon of the set of the attributes read since they were begun. */
export function finishAttributes(reader: AttributeReader): number {
  const { node, paths } = reader
  paths.spans++
  if (node === NOWHERE) return internAttributes(reader)
  const known = paths.words[node + NODE_SET]!
  if (known >= 0) return known
  replay(reader, node)
  const set = internAttributes(reader)
  paths.words[node + NODE_SET] = set
  return set
}

/** The node behind the attribute, which is read; NOWHERE when there is none. */
function follow(reader: AttributeReader, node: number, guess: number, end: number): number {
  const { paths, wire } = reader
  const { words } = paths
  const from = wire.pos
  const child = words[guess + NODE_PARENT] === node ? guess : words[node + NODE_LATEST]!
  if (child === 0) return followAnew(reader, node, end)
  const form = words[child + NODE_FORM]!
  if (form === Form.exact) {
    if (!isExactly(paths, child, wire, from, end)) return followAnew(reader, node, end)
    wire.pos = end
    return child
  }
  if (!hasItsKey(paths, child, wire, from, end)) return followAnew(reader, node, end)
  const keyEnd = from + words[child + NODE_KEY_SIZE]!
  const text = usualValue(wire.bytes, keyEnd, end)
  if (text === UNUSUAL || (text === ONE_INT && form === Form.template))
    return followAnew(reader, node, end)
  wire.pos = end
  if (form === Form.key) return child
  const value = internBytes(reader, wire, words[child + NODE_MODE]!, text, end)
  const path = words[child + NODE_MODE] === URL_TEXT ? reader.cache.path : 0
  if (words[child + NODE_VALUE] === value && words[child + NODE_PATH] === path) return child
  const { step } = reader
  setPlace(step, { parent: node, from, keyEnd, to: end })
  step.form = Form.template
  step.mode = words[child + NODE_MODE]!
  step.value = value
  step.path = path
  return findOrAddNode(paths, wire, step)
}

/** The same without a guess. */
function followAnew(reader: AttributeReader, node: number, end: number): number {
  const { paths, wire, pair, step } = reader
  const from = wire.pos
  readKeyValue(pair, end)
  if (!isKeyThenValue(pair, from, end)) return NOWHERE
  setPlace(step, { parent: node, from, keyEnd: pair.keyEnd, to: end })
  const mode = modeOfText(reader, pair)
  const isPath = (mode === URL_TEXT || mode === PATH_TEXT) && pair.kind === ValueKind.string
  step.form = mode < 0 ? Form.key : isPath ? Form.template : Form.exact
  step.mode = isPath ? mode : 0
  step.value = isPath ? internBytes(reader, wire, mode, pair.valueStart, pair.valueEnd) : 0
  step.path = isPath && mode === URL_TEXT ? reader.cache.path : 0
  return findOrAddNode(paths, wire, step)
}

function setPlace(step: Step, place: Pick<Step, 'parent' | 'from' | 'keyEnd' | 'to'>): void {
  step.parent = place.parent
  step.from = place.from
  step.keyEnd = place.keyEnd
  step.to = place.to
}

/** Puts into the draft what lies on the way to a node. */
function replay(reader: AttributeReader, node: number): void {
  const { paths } = reader
  clearAttributes(reader)
  const way: number[] = []
  for (
    let at = node;
    paths.words[at + NODE_PARENT] !== NOWHERE;
    at = paths.words[at + NODE_PARENT]!
  )
    way.push(at)
  for (const at of way.reverse()) {
    const bytes = bytesOfNode(paths, at)
    const pair = createKeyValueReader(createWireReader(bytes), reader.pair.depthMax)
    decodeAttribute(reader, pair, bytes.length)
  }
}
