// What mutants are planted into, with all of them in the order in which they are run.
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { CALL_MUTANTS } from './call-mutants.ts'
import { EVIDENCE_MUTANTS } from './evidence-mutants.ts'
import type { Subject } from './mutant.ts'
import { ROUTING_MUTANTS } from './routing-mutants.ts'
import { RULE_MUTANTS } from './rule-mutants.ts'
import { STREAMING_MUTANTS } from './streaming-mutants.ts'

const ROOT = path.join(import.meta.dirname, '../..')
/** Those left out take long, and are about speed, simulated traffic and one setting. */
const LEFT_OUT = ['crowds.test.ts', 'jump.test.ts', 'proxies.test.ts']

export const FOLD: Subject = {
  folder: 'core/fold',
  tests: [
    'tests/conformance/conformance.test.ts',
    ...readdirSync(path.join(ROOT, 'tests/core/fold'))
      .filter((file) => file.endsWith('.test.ts') && !LEFT_OUT.includes(file))
      .map((file) => `tests/core/fold/${file}`),
  ],
  mutants: [...RULE_MUTANTS, ...CALL_MUTANTS, ...STREAMING_MUTANTS, ...EVIDENCE_MUTANTS],
}

/** Who is told of an alert, when, and of what. */
export const ROUTING: Subject = {
  folder: 'core/notify',
  tests: ['match', 'quiet', 'plan', 'tell', 'turn', 'lives', 'budget', 'check-route'].map(
    (name) => `tests/core/notify/${name}.test.ts`,
  ),
  mutants: ROUTING_MUTANTS,
}

export const SUBJECTS: readonly Subject[] = [FOLD, ROUTING]
