// How `strayline channel` is asked: its words and flags. The work is in channel.ts, loaded when asked for.
import { type Command, InvalidArgumentError, Option } from 'commander'
import { DELIVERY_STATES, type DeliveryState } from '../core/notify/delivery.ts'

const DELIVERIES_LISTED = 50
const DELIVERIES_LISTED_MAX = 1000

type DeliveriesOptions = {
  readonly channel?: string
  readonly state?: DeliveryState
  readonly limit: number
}
type ResendOptions = { readonly dead?: true; readonly channel?: string }

/** Adds the command with its four acts. */
export function addChannel(program: Command): void {
  const channel = program
    .command('channel')
    .description('channels that are told of alerts; they are set up in the browser or by the API')
  channel
    .command('list')
    .description('all channels, and whether they work')
    .action(async () => {
      const { listChannelHealth } = await import('./channel.ts')
      process.exitCode = await listChannelHealth()
    })
  channel
    .command('test')
    .description('send a test message and wait for its end: exit 0 it has arrived, 1 it has not')
    .argument('<name>', 'of the channel')
    .action(async (name: string) => {
      const { testChannel } = await import('./channel.ts')
      process.exitCode = await testChannel({ name })
    })
  addDeliveries(channel)
}

function addDeliveries(channel: Command): void {
  channel
    .command('deliveries')
    .description('what was told to whom, the newest first')
    .option('--channel <name>', 'of this channel only')
    .addOption(new Option('--state <state>', 'in this state only').choices(DELIVERY_STATES))
    .option('--limit <count>', 'how many at most', parseLimit, DELIVERIES_LISTED)
    .action(async (options: DeliveriesOptions) => {
      const { printDeliveries } = await import('./channel.ts')
      process.exitCode = await printDeliveries(options)
    })
  channel
    .command('resend')
    .description('send dead deliveries again, with the same idempotency key')
    .argument('[id...]', 'as `strayline channel deliveries` lists them')
    .option('--dead', 'all that are dead')
    .option('--channel <name>', 'with --dead: of this channel only')
    .action(async (ids: string[], { dead, channel: name }: ResendOptions, command: Command) => {
      if (ids.length > 0 === (dead === true))
        command.error('error: name the ids of deliveries, or all of them by --dead')
      if (name !== undefined && !dead) command.error('error: --channel goes with --dead')
      if (!ids.every((id) => /^\d{1,18}$/.test(id)))
        command.error('error: an id of a delivery is a number')
      const { resend } = await import('./channel.ts')
      process.exitCode = await resend(ids.length > 0 ? { ids } : { ids: null, channel: name })
    })
}

function parseLimit(text: string): number {
  const limit = Number(text)
  if (Number.isInteger(limit) && limit >= 1 && limit <= DELIVERIES_LISTED_MAX) return limit
  throw new InvalidArgumentError(`It must be a number from 1 to ${DELIVERIES_LISTED_MAX}.`)
}
