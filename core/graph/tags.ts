// Tags that a service states of itself by resource attributes, each with the time it was stated. Of several
// the newest wins, of equally new ones the text that sorts last, so that deltas commute.
import type { Tags } from '../baseline/content.ts'
import { boundText } from '../span/text.ts'
import { compareText } from './node.ts'

/** The tags there are, and the resource attribute that states each. */
export const TAG_ATTRIBUTES = {
  owner: 'strayline.owner',
  dataClasses: 'strayline.data.classes',
  exposure: 'strayline.exposure',
  layer: 'strayline.layer',
} as const
export type TagName = keyof typeof TAG_ATTRIBUTES
export const TAG_NAMES = Object.keys(TAG_ATTRIBUTES) as readonly TagName[]

export type StatedTag = {
  readonly tag: TagName
  /** Never empty; dataClasses as normalClasses gives them. */
  readonly value: string
  /** Unix ms. */
  readonly statedAtMs: number
}

const CLASSES_MAX = 16
const CLASS_BYTES_MAX = 64

/** Data classes from text: lower case, each once, in order, at most 16 of 64 bytes. */
export function dataClassesOf(text: string): readonly string[] {
  const classes = text
    .split(',')
    .map((each) => boundText(each.trim().toLowerCase(), CLASS_BYTES_MAX))
  return [...new Set(classes)]
    .filter((each) => each !== '')
    .sort(compareText)
    .slice(0, CLASSES_MAX)
}

/** A tag's value in the one form in which it is compared and stored; '' says nothing. */
export function normalTag(tag: TagName, text: string): string {
  return tag === 'dataClasses' ? dataClassesOf(text).join(',') : text.trim()
}

/** Whether `tag` takes the place of `known`. */
export function isNewerTag(tag: StatedTag, known: StatedTag): boolean {
  if (tag.statedAtMs !== known.statedAtMs) return tag.statedAtMs > known.statedAtMs
  return compareText(tag.value, known.value) > 0
}

/** One of each tag at most, in the order of TAG_NAMES. */
export function mergeTags(a: readonly StatedTag[], b: readonly StatedTag[]): readonly StatedTag[] {
  if (b.length === 0) return a
  const merged = new Map<TagName, StatedTag>()
  for (const each of [...a, ...b]) {
    const known = merged.get(each.tag)
    if (!known || isNewerTag(each, known)) merged.set(each.tag, each)
  }
  return TAG_NAMES.flatMap((tag) => merged.get(tag) ?? [])
}

/** What is not stated is '' or []. */
export function tagsFrom(stated: readonly Pick<StatedTag, 'tag' | 'value'>[]): Tags {
  const value = (tag: TagName) => stated.find((each) => each.tag === tag)?.value ?? ''
  return {
    owner: value('owner'),
    dataClasses: dataClassesOf(value('dataClasses')),
    exposure: value('exposure'),
    layer: value('layer'),
  }
}
