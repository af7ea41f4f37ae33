// Compiled code is kept beside the packages it comes from, so that a warm start loads instead of compiling:
// a second of each start on two cores. Where the folder cannot be written, nothing is kept.
import { enableCompileCache } from 'node:module'
import path from 'node:path'

/** Emptied with node_modules whenever packages are installed anew. */
export const COMPILE_CACHE = path.join(import.meta.dirname, '../node_modules/.cache/strayline')

export function keepCompiledCode(): void {
  enableCompileCache(COMPILE_CACHE)
}
