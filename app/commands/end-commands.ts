// Ends what this process runs for an environment that is about to go.
import { setTimeout as sleep } from 'node:timers/promises'
import type { CommandState } from './command-state.ts'
import { readCommands, stopCommand } from './run-command.ts'

const LOOK_EVERY_MS = 50
/** Longer than run-command.ts lets a command live that was asked to end. */
const ENDED_WITHIN_MS = 5_000

/** Resolves when every command whose `about` names the environment has ended. */
export async function endCommandsOf(environment: string): Promise<void> {
  const isOfIt = (command: CommandState) =>
    command.status === 'running' && command.about.environment === environment
  for (const command of readCommands()) if (isOfIt(command)) stopCommand(command.kind)
  const untilMs = Date.now() + ENDED_WITHIN_MS
  while (readCommands().some(isOfIt) && Date.now() < untilMs) await sleep(LOOK_EVERY_MS)
}
