// Whether who wrote a version may approve it, as this process was told (STRAYLINE_FORBID_SELF_APPROVAL).
import type { SelfApproval } from '../storage/baseline-activation.ts'
import { webProcess } from './web-process.ts'

export function selfApproval(): SelfApproval {
  return webProcess().config.forbidsSelfApproval ? 'forbidden' : 'allowed'
}

/** What somebody is told who has proposed a version where nobody approves their own. */
export function sayProposed(version: number): string {
  return `Version ${version} waits for somebody else, who must approve what you propose.`
}
