// To whom an alert was told, in a line each. Nothing when no route is about it.
import { StateMark } from '../notifications/delivery-table.tsx'
import { sayTold, type Told } from '../notifications/notification-view.ts'
import { Name } from '../ui/name.tsx'
import { Time } from '../ui/time.tsx'
import { Block } from './block.tsx'

export function ToldBlock({ told }: { readonly told: readonly Told[] }) {
  if (told.length === 0) return null
  return (
    <Block title="Told to">
      <ul className="flex flex-col gap-1.5 text-[13px]">
        {told.map(({ deliveryId, channel, act, state, dueMs, finishedMs }) => (
          <li key={deliveryId} className="flex flex-wrap items-baseline gap-x-2">
            <span className="w-24">
              <StateMark state={state} />
            </span>
            <span className="font-medium [overflow-wrap:anywhere]">
              <Name>{channel}</Name>
            </span>
            <span>{sayTold({ type: 'alert', act })}</span>
            <span className="text-muted">
              {state === 'waiting' ? 'due ' : ''}
              <Time ms={finishedMs ?? dueMs} />
            </span>
          </li>
        ))}
      </ul>
    </Block>
  )
}
