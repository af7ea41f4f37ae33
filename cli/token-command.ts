// How `strayline token` is asked: its words and flags. The work is in token.ts, loaded when asked for.
import { type Command, InvalidArgumentError, Option } from 'commander'
import { parseDurationMs } from '../core/config/parse.ts'

const ROLES = ['viewer', 'analyst'] as const

type CreateOptions = {
  readonly name: string
  readonly role: (typeof ROLES)[number]
  readonly expiresIn?: number
}

/** Adds the command with its three acts. */
export function addToken(program: Command): void {
  const token = program
    .command('token')
    .description('tokens with which pipelines ask the API (Authorization: Bearer)')
  token
    .command('create')
    .description('make a token and print it, this once')
    .requiredOption('--name <name>', 'letters, digits, dots, dashes, underscores', parseName)
    .addOption(
      new Option('--role <role>', 'viewer reads; analyst also drafts, proposes and triages')
        .choices(ROLES)
        .makeOptionMandatory(),
    )
    .option('--expires-in <duration>', 'such as 90d; by default it does not expire', parseDuration)
    .action(async ({ name, role, expiresIn }: CreateOptions) => {
      const { createToken } = await import('./token.ts')
      process.exitCode = await createToken({ name, role, expiresInMs: expiresIn ?? null })
    })
  token
    .command('list')
    .description('all tokens, who made them and when they were used last')
    .action(async () => {
      const { listTokens } = await import('./token.ts')
      process.exitCode = await listTokens()
    })
  token
    .command('revoke')
    .description('end a token at once')
    .argument('<name>', 'its name')
    .action(async (name: string) => {
      const { revokeToken } = await import('./token.ts')
      process.exitCode = await revokeToken({ name })
    })
}

function parseName(text: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text)) return text
  throw new InvalidArgumentError(
    'It must have letters, digits, dots, dashes, underscores; at most 64.',
  )
}

function parseDuration(text: string): number {
  const durationMs = parseDurationMs(text)
  if (durationMs !== undefined && durationMs > 0) return durationMs
  throw new InvalidArgumentError('It must be a duration, such as 12h or 90d.')
}
