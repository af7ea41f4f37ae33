// The source of a file with a fault in it. Nothing on the disk is touched.
import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import path from 'node:path'
import type { Mutant } from './mutant.ts'

const ROOT = path.join(import.meta.dirname, '../..')

/** How often the mutant's text stands in its file: once, or it cannot be planted. */
export function timesFound(folder: string, { file, find }: Mutant): number {
  return sourceOf(folder, file).split(find).length - 1
}

/** JavaScript. Errors: throws when the file is no TypeScript with the fault in it. */
export function mutatedSource(folder: string, { file, find, replace }: Mutant): string {
  return stripTypeScriptTypes(sourceOf(folder, file).replace(find, () => replace))
}

function sourceOf(folder: string, file: string): string {
  return readFileSync(path.join(ROOT, folder, file), 'utf8')
}
