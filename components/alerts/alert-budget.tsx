// How many alerts came today against how many are meant to be, in the head of the alerts page; opened, it says what
// is counted and shows the last days.
import { formatCount, plural } from '../ui/numbers.ts'

export type AlertBudgetView = {
  readonly environment: string
  /** IANA. */
  readonly zone: string
  /** Alerts a day. */
  readonly target: number
  /** The oldest first; the last is today. day: yyyy-mm-dd. */
  readonly days: readonly { readonly day: string; readonly alerts: number }[]
}

export function AlertBudget({ budget }: { readonly budget: AlertBudgetView }) {
  const { environment, zone, target, days } = budget
  const today = days.at(-1)?.alerts ?? 0
  const isOver = today > target
  return (
    <details className="relative text-[12px] max-lg:ml-auto lg:ml-2">
      <summary
        className={`number cursor-pointer list-none rounded-md px-2 py-1 hover:bg-hover ${isOver ? 'font-semibold text-warn' : 'text-muted'}`}
      >
        {isOver ? (
          <>
            <span aria-hidden>▲ </span>
            <span className="sr-only">Over the target: </span>
          </>
        ) : null}
        <span className="inline-block max-w-40 truncate align-bottom">{environment}</span>:{' '}
        {plural(today, 'alert')} today, target {formatCount(target)}
      </summary>
      <div className="absolute right-0 z-10 mt-1 w-72 rounded-lg border bg-raised p-3 text-muted shadow-sm">
        <p>
          Alerts of <b className="break-words text-ink">{environment}</b> that opened, opened again
          or got worse. A day begins at midnight in {zone}. A day with more than the target is told
          once, by the routes of this environment.
        </p>
        <table className="number mt-2 w-full">
          <caption className="sr-only">Alerts a day</caption>
          <tbody>
            {days.toReversed().map(({ day, alerts }) => (
              <tr key={day}>
                <th scope="row" className="text-left font-normal">
                  {day}
                </th>
                <td className={`text-right ${alerts > target ? 'font-semibold text-warn' : ''}`}>
                  {alerts > target ? <span aria-hidden>▲ </span> : null}
                  {formatCount(alerts)}
                  {alerts > target ? <span className="sr-only">, over the target</span> : null}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  )
}
