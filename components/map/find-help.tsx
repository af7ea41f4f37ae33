'use client'
// The find language in a popover: examples first, then all there is to ask of nodes and of edges.
import { CircleHelp } from 'lucide-react'
import { Popover, Tabs } from 'radix-ui'
import type { ReactNode } from 'react'
import { FIND_EXAMPLES } from '../../core/find/examples.ts'
import {
  FUNCTION_NAMES,
  FUNCTIONS,
  OPERAND_NAMES,
  type OperandName,
  operandOf,
} from '../../core/find/operands.ts'
import { buttonClass } from '../ui/button.ts'

const OPERATORS: readonly (readonly [string, string])[] = [
  ['=  !=', 'is, is not; * stands for any letters: name = *-db'],
  ['~  contains', 'contains'],
  ['^=  startswith', 'begins with'],
  ['$=  endswith', 'ends with'],
  ['<  <=  >  >=', 'numbers, times (250ms, 2s) and ages (30m, 24h, 7d)'],
  ['has x, is x', 'x has a value, is more than 0, holds'],
  ['= none', 'nothing is said, or nothing was measured'],
  ['and  &', 'both; may be left out between words'],
  ['or  |', 'either; and binds tighter'],
  ['not  !', 'the opposite'],
  ['( )', 'what belongs together'],
  ['"…"', 'text with spaces or signs, or a word that would mean something'],
]
const NOTES: readonly string[] = [
  'A plain word finds names, kinds, protocols and standings that contain it. Letters of either case are equal.',
  'Find marks what fits and dims the rest; Hide takes it out of map and tables. Hide wins, and takes the edges of hidden nodes along.',
  'A condition on nodes finds nodes only, one on edges edges only. source.kind and target.owner ask the ends of an edge.',
  'not kind = user finds all other nodes, but no edge.',
  'Ways and reach go by the whole graph, also through what is hidden.',
  'Keys: / or Ctrl K to the field, n and m to the next and previous thing found, Enter or Tab takes a completion.',
]

export function FindHelp({ onExample }: { readonly onExample: (query: string) => void }) {
  return (
    <Popover.Root>
      <Popover.Trigger className={buttonClass('icon')} aria-label="Help to find and hide">
        <CircleHelp size={15} aria-hidden />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="end"
          sideOffset={6}
          aria-label="How to find and hide"
          className="z-50 w-[min(36rem,calc(100vw-1rem))] rounded-lg border bg-raised text-[13px] shadow-xl"
        >
          <Tabs.Root defaultValue="examples">
            <Tabs.List aria-label="Help" className="flex gap-1 overflow-x-auto border-b px-2 pt-1">
              {['Examples', 'Nodes', 'Edges', 'Operators', 'Notes'].map((name) => (
                <Tabs.Trigger
                  key={name}
                  value={name.toLowerCase()}
                  className="border-b-2 border-transparent px-2 py-1.5 font-medium text-muted data-[state=active]:border-ink data-[state=active]:text-ink"
                >
                  {name}
                </Tabs.Trigger>
              ))}
            </Tabs.List>
            <Page name="examples">
              {FIND_EXAMPLES.map(({ query, means }) => (
                <Popover.Close key={query} asChild>
                  <button
                    type="button"
                    onClick={() => onExample(query)}
                    className="block w-full rounded px-2 py-1 text-left hover:bg-hover"
                  >
                    <Term>{query}</Term>
                    <span className="block text-muted">{means}</span>
                  </button>
                </Popover.Close>
              ))}
            </Page>
            <Page name="nodes">
              <Terms terms={termsOf((name) => operandOf(name).node !== undefined)} />
              <Terms
                terms={FUNCTION_NAMES.map((name) => [signature(name), FUNCTIONS[name].help])}
              />
            </Page>
            <Page name="edges">
              <Terms terms={termsOf((name) => operandOf(name).edge !== undefined)} />
              <Terms terms={[['source.…, target.…', 'whatever is asked of nodes, of an end']]} />
            </Page>
            <Page name="operators">
              <Terms terms={OPERATORS} />
            </Page>
            <Page name="notes">
              <ul className="list-disc space-y-1.5 py-1 pr-2 pl-6">
                {NOTES.map((note) => (
                  <li key={note}>{note}</li>
                ))}
              </ul>
            </Page>
          </Tabs.Root>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}

function Page({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <Tabs.Content value={name} className="max-h-[min(24rem,60vh)] overflow-y-auto p-2">
      {children}
    </Tabs.Content>
  )
}

function Term({ children }: { readonly children: string }) {
  return <code className="font-mono text-[12.5px]">{children}</code>
}

function Terms({ terms }: { readonly terms: readonly (readonly [string, string])[] }) {
  return (
    <dl className="grid grid-cols-[minmax(8rem,auto)_1fr] gap-x-4 gap-y-1 px-2 py-1">
      {terms.map(([term, means]) => (
        <div key={term} className="contents">
          <dt>
            <Term>{term}</Term>
          </dt>
          <dd className="text-muted">{means}</dd>
        </div>
      ))}
    </dl>
  )
}

function termsOf(isWanted: (name: OperandName) => boolean): readonly (readonly [string, string])[] {
  return OPERAND_NAMES.filter(isWanted).map((name) => {
    const { aliases, help } = operandOf(name)
    return [[name, ...aliases].join(', '), help]
  })
}

function signature(name: (typeof FUNCTION_NAMES)[number]): string {
  return `${name}(${FUNCTIONS[name].args === 2 ? 'a, b' : 'a'})`
}
