// Text -> plain data, with the place of every value: one YAML 1.2 document of mappings, lists and scalars. What
// could mean something else to another reader, or be more than it seems, is refused in words: anchors, aliases,
// tags, other versions, several documents. Size and depth are bounded.

import type { ParsedNode, YAMLMap } from 'yaml'
import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type YAMLError,
} from 'yaml'
import type { FileProblem, Place } from './place.ts'

/** Of a file: some 100,000 entries. */
export const FILE_CHARS_MAX = 16 * 1024 * 1024
const DEPTH_MAX = 32
/** Of one mapping; nothing in a baseline has half as many. More would only take long to tell of. */
const FIELDS_MAX = 100

export type YamlRead = {
  readonly document: Document.Parsed
  /** Mappings are objects, lists arrays; undefined where the text holds nothing. */
  readonly value: unknown
  readonly problems: readonly FileProblem[]
  readonly lines: LineCounter
}

/** Never throws on input; the value holds what could be read beside the problems. */
export function readYaml(text: string): YamlRead {
  const lines = new LineCounter()
  const limit = text.length <= FILE_CHARS_MAX ? text : ''
  const parsed = parseBounded(limit, lines)
  if (text !== limit || parsed === null) {
    const message =
      parsed === null
        ? 'this is nested too deeply'
        : `the file has more than ${FILE_CHARS_MAX} characters`
    const document = parseDocument('') as Document.Parsed
    return { document, value: undefined, problems: [{ line: 1, column: 1, message }], lines }
  }
  const problems: FileProblem[] = []
  const report = (offset: number, message: string) =>
    problems.push({ ...placeAt(lines, offset), message })
  for (const error of parsed.errors) report(error.pos[0], wordsOf(error))
  const { explicit, version } = parsed.directives.yaml
  if (explicit === true && version !== '1.2')
    report(0, 'a baseline is YAML 1.2; remove the line %YAML')
  const value = parsed.contents === null ? undefined : plainValue(parsed.contents, report, 0)
  return { document: parsed, value, problems, lines }
}

/** Null when the text is nested so deeply that the parser's stack does not suffice. */
function parseBounded(text: string, lineCounter: LineCounter): Document.Parsed | null {
  try {
    return parseDocument(text, {
      ...{ lineCounter, prettyErrors: false, schema: 'core', version: '1.2' },
      // Compares every key with every other one; plainValue looks for repeats.
      uniqueKeys: false,
    })
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

export function placeAt(lines: LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(offset)
  return { line: Math.max(line, 1), column: Math.max(col, 1) }
}

/**
 * Where the value at a path stands, or its key; what is missing stands where the thing that lacks it does.
 * Offset in the text.
 */
export function offsetOf(
  read: YamlRead,
  path: readonly PropertyKey[],
  of: 'key' | 'value',
): number {
  let at: ParsedNode | null = read.document.contents
  let offset = at?.range[0] ?? 0
  for (const [depth, step] of path.entries()) {
    const isLast = depth === path.length - 1
    if (isMap(at)) {
      const pair = pairOf(at, String(step))
      if (!pair) return offset
      offset = (isLast && of === 'key' ? pair.key : (pair.value ?? pair.key)).range[0]
      at = pair.value
    } else if (isSeq(at) && typeof step === 'number') {
      at = (at.items[step] as ParsedNode | undefined) ?? null
      if (at === null) return offset
      offset = at.range[0]
    } else return offset
  }
  return offset
}

export function pairOf(map: YAMLMap, key: string) {
  const pair = map.items.find((each) => isScalar(each.key) && String(each.key.value) === key)
  return pair as { readonly key: ParsedNode; readonly value: ParsedNode | null } | undefined
}

type Report = (offset: number, message: string) => void

function plainValue(node: ParsedNode, report: Report, depth: number): unknown {
  const [offset] = node.range
  if (depth > DEPTH_MAX) {
    report(offset, 'this is nested too deeply')
    return null
  }
  if ('source' in node && !isScalar(node)) {
    report(offset, 'aliases (*name) are not read here; write the value out')
    return null
  }
  if (node.anchor !== undefined) report(offset, 'anchors (&name) are not read here; remove it')
  if (node.tag !== undefined) report(offset, 'tags (!name) are not read here; remove it')
  if (isSeq(node))
    return node.items.map((item) => plainValue(item as ParsedNode, report, depth + 1))
  if (!isMap(node)) return isScalar(node) ? node.value : null
  return plainFields(node, report, depth)
}

function plainFields(map: YAMLMap.Parsed, report: Report, depth: number): unknown {
  if (map.items.length > FIELDS_MAX) {
    report(map.range[0], `this has more than ${FIELDS_MAX} fields`)
    return null
  }
  const fields = new Map<string, unknown>()
  for (const { key, value } of map.items) {
    if (!isScalar(key)) {
      report((key as ParsedNode).range[0], 'a field has a plain name')
      continue
    }
    const name = String(key.value)
    if (fields.has(name))
      report(key.range[0], `${JSON.stringify(name)} stands here a second time; keep one`)
    fields.set(name, value === null ? null : plainValue(value, report, depth + 1))
  }
  return Object.fromEntries(fields)
}

/** In our words where the library's need its documentation. */
function wordsOf(error: YAMLError): string {
  if (error.code === 'MULTIPLE_DOCS') return 'a baseline is one document; remove the further ones'
  if (error.code === 'TAB_AS_INDENT') return 'tabs do not indent in YAML; use spaces'
  if (error.code === 'BLOCK_AS_IMPLICIT_KEY')
    return 'this line has a second ": "; put the text in quotes'
  return error.message.replace(/\.$/, '')
}
