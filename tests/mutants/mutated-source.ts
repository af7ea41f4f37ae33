// The source of a file of core/fold with a fault in it. Nothing on the disk is touched.
import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import path from 'node:path'
import type { Mutant } from './mutant.ts'

const FOLD = path.join(import.meta.dirname, '../../core/fold')

/** How often the mutant's text stands in its file: once, or it cannot be planted. */
export function timesFound({ file, find }: Mutant): number {
  return sourceOf(file).split(find).length - 1
}

/** JavaScript. Errors: throws when the file is no TypeScript with the fault in it. */
export function mutatedSource({ file, find, replace }: Mutant): string {
  return stripTypeScriptTypes(sourceOf(file).replace(find, () => replace))
}

function sourceOf(file: string): string {
  return readFileSync(path.join(FOLD, file), 'utf8')
}
