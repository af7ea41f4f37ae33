// A baseline's content -> the text of its file. Printed anew it is the same for the same content; over a former
// text only what differs is changed (revise.ts), so that comments, order and layout of the rest survive.
import type { BaselineContent } from '../content.ts'
import { itemsOf, LISTS } from './fields.ts'
import { parseBaselineFile } from './parse.ts'
import { reviseText } from './revise.ts'
import { FILE_FORM } from './schema.ts'
import { writeField, writeItem } from './yaml-text.ts'

/**
 * Shapes: no edge, rule id or node of the content repeats. Reading the text gives the content back, in its order,
 * or with formerText in the former order as far as that goes; a former text that is no baseline file counts as none.
 */
export function printBaselineFile(content: BaselineContent, formerText?: string): string {
  const revised = formerText === undefined ? null : reviseText(formerText, content)
  // What the revision makes of unusual layouts is believed only after it was read back.
  if (revised !== null && saysTheSame(revised, content)) return revised
  return printAnew(content)
}

function printAnew(content: BaselineContent): string {
  const items = itemsOf(content)
  const head = [
    writeField('strayline', FILE_FORM, 0),
    writeField('environment', content.environment, 0),
  ]
  const lists = LISTS.flatMap((list) => {
    if (items[list].length > 0)
      return ['', `${list}:`, ...items[list].map(({ fields }) => writeItem(fields, 2))]
    return list === 'entries' ? ['', 'entries: []'] : []
  })
  return `${[...head, ...lists].join('\n')}\n`
}

function saysTheSame(text: string, content: BaselineContent): boolean {
  const parsed = parseBaselineFile(text)
  return parsed.ok && fingerprint(parsed.content) === fingerprint(content)
}

/** Equal for contents that differ in nothing but the order of their lists. */
function fingerprint(content: BaselineContent): string {
  const items = itemsOf(content)
  const lists = LISTS.map((list) => items[list].map(({ fields }) => JSON.stringify(fields)).sort())
  return JSON.stringify([content.environment, lists])
}
