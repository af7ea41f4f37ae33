// Damage to files, as a failing disk does it.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pickBelow, type Random } from './random.ts'

/** A bit of the newest snapshot in a folder flips, or its end is missing; never of the only one. */
export function damageNewestSnapshot(folder: string, random: Random): void {
  const [newest, older] = readSnapshotNames(folder)
  if (!newest || !older) return
  const file = path.join(folder, newest)
  const bytes = readFileSync(file)
  const at = pickBelow(random, bytes.length)
  if (random() < 0.5) writeFileSync(file, bytes.subarray(0, at))
  else writeFileSync(file, bytes.fill(bytes[at]! ^ 1, at, at + 1))
}

/** Newest first; none when there is no such folder yet. */
function readSnapshotNames(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.snapshot'))
      .sort()
      .reverse()
  } catch {
    return []
  }
}
