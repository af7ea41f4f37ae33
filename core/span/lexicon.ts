// The strings and attribute sets met while decoding, each once. A decoder of bytes keeps its lexicon from
// request to request, because traffic repeats itself; a batch gets its own small tables of what it uses.
import { createSetTable, type SetTable } from './attribute-sets.ts'
import type { AttributeSet } from './batch.ts'

/** Beyond them a lexicon is full: whoever keeps one begins a new one. */
const STRINGS_MAX = 100_000
const CHARS_MAX = 4_000_000
const SETS_MAX = 100_000
const PAIRS_MAX = 1_000_000

export type Lexicon = {
  readonly strings: string[]
  readonly stringPositions: Map<string, number>
  /** Length of all strings. */
  chars: number
  /** Raw texts reduced before, by reduction; decoders of bytes have a cache of their own. */
  readonly reduced: { readonly text: Map<string, number>; readonly address: Map<string, number> }
  readonly spanSets: SetTable
  readonly resourceSets: SetTable
  /** Room for takeTables, all zero between calls. */
  places: Int32Array
}

/** The tables of one batch: positions in the columns of its spans are made to point into them. */
export type BatchTables = {
  readonly strings: string[]
  readonly resourceSets: AttributeSet[]
  readonly attributeSets: AttributeSet[]
}

export function createLexicon(): Lexicon {
  return {
    strings: [''],
    stringPositions: new Map([['', 0]]),
    chars: 0,
    reduced: { text: new Map(), address: new Map() },
    spanSets: createSetTable(),
    resourceSets: createSetTable(),
    places: new Int32Array(256),
  }
}

export function isLexiconFull({ strings, chars, spanSets, resourceSets }: Lexicon): boolean {
  const sets = spanSets.count + resourceSets.count
  const pairs = spanSets.starts[spanSets.count]! + resourceSets.starts[resourceSets.count]!
  return strings.length > STRINGS_MAX || chars > CHARS_MAX || sets > SETS_MAX || pairs > PAIRS_MAX
}

export function internString(lexicon: Lexicon, text: string): number {
  const known = lexicon.stringPositions.get(text)
  if (known !== undefined) return known
  const position = lexicon.strings.length
  lexicon.strings.push(text)
  lexicon.stringPositions.set(text, position)
  lexicon.chars += text.length
  return position
}

/** resources, attributes: positions in the lexicon's sets, one a span; rewritten to the batch's own. */
export function takeTables(
  lexicon: Lexicon,
  resources: Uint32Array,
  attributes: Uint32Array,
): BatchTables {
  const used: number[] = []
  const parts = {
    resourceSets: takeSets(lexicon, lexicon.resourceSets, resources),
    attributeSets: takeSets(lexicon, lexicon.spanSets, attributes),
  }
  const places = roomFor(lexicon, lexicon.strings.length)
  const strings = ['']
  for (const { values } of [...parts.resourceSets, ...parts.attributeSets])
    for (let at = 0; at < values.length; at++) {
      const string = values[at]!
      if (string !== 0 && places[string] === 0) {
        places[string] = strings.length
        strings.push(lexicon.strings[string]!)
        used.push(string)
      }
      values[at] = places[string]!
    }
  for (const string of used) places[string] = 0
  return { ...parts, strings }
}

/** In the order in which spans first have them; their values are positions in the lexicon still. */
function takeSets(lexicon: Lexicon, table: SetTable, column: Uint32Array): AttributeSet[] {
  const places = roomFor(lexicon, table.count)
  const taken: number[] = []
  let pairs = 0
  for (let span = 0; span < column.length; span++) {
    const set = column[span]!
    if (places[set] === 0) {
      places[set] = taken.push(set)
      pairs += table.starts[set + 1]! - table.starts[set]!
    }
    column[span] = places[set]! - 1
  }
  const keys = new Uint8Array(pairs)
  const values = new Uint32Array(pairs)
  let end = 0
  return taken.map((set) => {
    places[set] = 0
    const start = end
    for (let at = table.starts[set]!; at < table.starts[set + 1]!; at++) {
      keys[end] = table.keys[at]!
      values[end++] = table.values[at]!
    }
    return {
      families: table.families[set]!,
      keys: keys.subarray(start, end),
      values: values.subarray(start, end),
    }
  })
}

function roomFor(lexicon: Lexicon, count: number): Int32Array {
  if (lexicon.places.length < count) lexicon.places = new Int32Array(2 * count)
  return lexicon.places
}
