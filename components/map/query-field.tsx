'use client'
// A field for a query of the find language, with completion: a combobox by the ARIA pattern, whose list opens
// when something is typed or by arrow down. What is typed shows at once; who listens hears of it at rest.
import { type KeyboardEvent, type RefObject, useId, useLayoutEffect, useRef, useState } from 'react'
import { type Completion, completeFind } from '../../core/find/complete.ts'
import type { FindGraph } from '../../core/find/find-graph.ts'

const WRITE_AFTER_MS = 150

export type QueryFieldProps = {
  readonly label: string
  readonly placeholder: string
  readonly query: string
  /** What completion offers values of. */
  readonly graph: FindGraph
  /** Id of the element that says what is wrong; null: nothing is. */
  readonly problemId: string | null
  readonly inputRef: RefObject<HTMLInputElement | null>
  readonly onQuery: (query: string) => void
}

export function QueryField(props: QueryFieldProps) {
  const { label, graph, problemId, inputRef } = props
  const [text, write] = useDraft(props.query, props.onQuery)
  const [cursor, setCursor] = useState(0)
  const [isOpen, setOpen] = useState(false)
  const [active, setActive] = useState(-1)
  const listId = useId()
  useCursor(inputRef, cursor, text)
  const { from, to, items } = isOpen
    ? completeFind(text, Math.min(cursor, text.length), graph)
    : NOTHING
  const change = (next: string, at: number) => {
    write(next)
    setCursor(at)
    setActive(-1)
    setOpen(true)
  }
  const take = ({ text: taken }: Completion) => {
    const put = taken.endsWith('(') ? taken : `${taken} `
    change(`${text.slice(0, from)}${put}${text.slice(to).trimStart()}`, from + put.length)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const chosen = items[active]
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      if (!isOpen) {
        setCursor(inputRef.current?.selectionStart ?? text.length)
        setOpen(true)
      } else setActive(turn(active, event.key === 'ArrowDown' ? 1 : -1, items.length))
    } else if ((event.key === 'Enter' || event.key === 'Tab') && chosen) {
      event.preventDefault()
      take(chosen)
    } else if (event.key === 'Enter') setOpen(false)
    else if (event.key === 'Escape') {
      event.preventDefault()
      if (isOpen && items.length > 0) setOpen(false)
      else inputRef.current?.blur()
    }
  }
  const isListed = items.length > 0
  return (
    <div className="relative min-w-40 flex-1">
      <label className="flex h-8 items-center gap-2 rounded-md border border-line-strong bg-surface px-2.5 focus-within:outline-2 focus-within:outline-ink has-[[aria-invalid=true]]:border-danger">
        <span className="text-[12.5px] font-medium text-muted">{label}</span>
        <input
          ref={inputRef}
          type="text"
          role="combobox"
          aria-label={label}
          aria-expanded={isListed}
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={items[active] ? `${listId}-${active}` : undefined}
          aria-invalid={problemId !== null}
          aria-describedby={problemId ?? undefined}
          autoComplete="off"
          spellCheck={false}
          value={text}
          placeholder={props.placeholder}
          onChange={({ target }) =>
            change(target.value, target.selectionStart ?? target.value.length)
          }
          onKeyDown={onKeyDown}
          onBlur={() => setOpen(false)}
          className="min-w-0 flex-1 bg-transparent font-mono text-[12.5px] outline-none placeholder:font-sans placeholder:text-faint"
        />
      </label>
      <div
        id={listId}
        role="listbox"
        tabIndex={-1}
        aria-label={`${label}: what may come next`}
        hidden={!isListed}
        className="absolute top-full left-0 z-40 mt-1 max-h-80 w-full min-w-72 overflow-y-auto rounded-lg border bg-raised p-1 shadow-xl"
      >
        {items.map((item, at) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys
          <div
            key={item.text}
            id={`${listId}-${at}`}
            role="option"
            tabIndex={-1}
            aria-selected={at === active}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => take(item)}
            className="flex cursor-pointer items-baseline gap-3 rounded px-2 py-1 hover:bg-hover aria-selected:bg-hover"
          >
            <span className="font-mono text-[12.5px] [overflow-wrap:anywhere]">{item.text}</span>
            <span className="ml-auto text-right text-[12px] text-muted">{item.note}</span>
          </div>
        ))}
      </div>
    </div>
  )
}

const NOTHING = { from: 0, to: 0, items: [] } as const

/** The next place of a list whose ends meet in "none". */
function turn(at: number, by: number, length: number): number {
  return ((at + 1 + by + length + 1) % (length + 1)) - 1
}

/** The text as typed, and how to change it: at rest it is told, and what comes from elsewhere replaces it. */
function useDraft(query: string, onQuery: (query: string) => void) {
  const [text, setText] = useState(query)
  const [seen, setSeen] = useState(query)
  const [written, setWritten] = useState(query)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  if (seen !== query) {
    setSeen(query)
    // Our own writing comes back a moment later; it must not undo what was typed meanwhile.
    if (query !== written) {
      setText(query)
      setWritten(query)
    }
  }
  const write = (next: string) => {
    setText(next)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => {
      setWritten(next)
      onQuery(next)
    }, WRITE_AFTER_MS)
  }
  return [text, write] as const
}

/** Puts the cursor where a completion ended, when the text has come into the field. */
function useCursor(field: RefObject<HTMLInputElement | null>, cursor: number, text: string): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: when the text changes
  useLayoutEffect(() => {
    if (document.activeElement === field.current) field.current?.setSelectionRange(cursor, cursor)
  }, [cursor, text])
}
