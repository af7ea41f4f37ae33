// Trace files as something to hold against a baseline: read, folded, and under the name of the environment that
// they stand for.

import { type Evidence, evidenceOf } from '../core/baseline/evidence.ts'
import { pickEnvironment, renameEnvironment } from '../core/baseline/pick-environment.ts'
import type { Knobs } from '../core/config/knobs.ts'
import { readCaptures } from './read-captures.ts'
import type { Loaded } from './server-answer.ts'
import { complain } from './terminal.ts'

export type CaptureEvidence = {
  readonly evidence: Evidence
  /** What the evidence is of. */
  readonly environment: string
  /** Requests, lines or files that could not be read; told on stderr already. */
  readonly unreadable: number
  /** Other environments in the captures, in words; null when there are none with edges. */
  readonly leftOut: string | null
}

export type EvidenceRequest = {
  readonly files: readonly string[]
  readonly knobs: Knobs
  /** Of the baseline; null where there is none yet. */
  readonly wanted: string | null
  /** What a person said; null when nothing. */
  readonly chosen: string | null
}

/** Errors: one sentence; what could not be read is told on stderr. */
export async function readEvidence(request: EvidenceRequest): Promise<Loaded<CaptureEvidence>> {
  const read = await readCaptures(request)
  if (read === null) return { ok: false, problems: ['nothing could be read'] }
  const evidence = evidenceOf(read.graph)
  const picked = pickEnvironment({ ...request, evidence })
  if (!picked.ok) return { ok: false, problems: [picked.message] }
  const { unreadable = 0 } = read.counters
  const renamed = renameEnvironment(evidence, picked)
  const { to: environment, leftOut } = picked
  if (leftOut !== null)
    complain(`the captures hold other environments too, which are left out: ${leftOut}`)
  return { ok: true, value: { evidence: renamed, environment, unreadable, leftOut } }
}
