// All mutants, in the order in which they are run.
import { CALL_MUTANTS } from './call-mutants.ts'
import { EVIDENCE_MUTANTS } from './evidence-mutants.ts'
import type { Mutant } from './mutant.ts'
import { RULE_MUTANTS } from './rule-mutants.ts'
import { STREAMING_MUTANTS } from './streaming-mutants.ts'

export const MUTANTS: readonly Mutant[] = [
  ...RULE_MUTANTS,
  ...CALL_MUTANTS,
  ...STREAMING_MUTANTS,
  ...EVIDENCE_MUTANTS,
]
