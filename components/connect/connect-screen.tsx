'use client'
// The page that says how to send traces here: sender and protocol to choose, the lines to copy, and under
// them what has arrived.
import { Eye, EyeOff } from 'lucide-react'
import { useSearchParams } from 'next/navigation'
import { Tabs } from 'radix-ui'
import { useState } from 'react'
import { buttonClass } from '../ui/button.ts'
import { CopyBlock } from '../ui/copy-block.tsx'
import { IntakeCounter } from './intake-counter.tsx'
import type { IntakeView } from './intake-view.ts'
import { type OtlpProtocol, PROTOCOLS, recipeFor, SENDERS, type Sender } from './recipes.ts'

export type ConnectAddress = { readonly grpcUrl: string; readonly httpUrl: string }

export type ConnectScreenProps = {
  /** Null when this server was not told where the collector listens. */
  readonly address: ConnectAddress | null
  /** Only this machine reaches it. */
  readonly isLoopback: boolean
  readonly needsToken: boolean
  readonly maySeeToken: boolean
  readonly intake: IntakeView
}

const LABELS: { readonly [sender in Sender]: string } = {
  collector: 'OpenTelemetry Collector',
  javascript: 'JavaScript',
  python: 'Python',
  java: 'Java',
  go: 'Go',
}
const PROTOCOL_LABELS: { readonly [protocol in OtlpProtocol]: string } = {
  grpc: 'gRPC',
  http: 'HTTP',
}
/** Stands for the token until it is shown. */
const MASK = '••••••••••••'
const PLACEHOLDER = 'INGEST_TOKEN'

export function ConnectScreen(props: ConnectScreenProps) {
  const { address } = props
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <div className="mx-auto flex w-full max-w-3xl flex-col gap-5 p-4 sm:py-10">
        <div>
          <h1 className="text-lg font-semibold">Connect your services</h1>
          <p className="mt-1 text-muted">
            Strayline reads OpenTelemetry traces. Send them from a Collector that you have, beside
            where they go now, or straight from each service.
          </p>
        </div>
        {address === null ? (
          <p>
            This server was not told where its collector listens: start it with{' '}
            <code className="font-mono">npm start</code>.
          </p>
        ) : (
          <Recipes {...props} address={address} />
        )}
        <IntakeCounter initial={props.intake} />
      </div>
    </div>
  )
}

function Recipes(props: ConnectScreenProps & { readonly address: ConnectAddress }) {
  const { address, needsToken, maySeeToken } = props
  const [choice, choose] = useChoice()
  const { token, isShown, fetchToken, toggle, problem } = useToken()
  const { sender, protocol } = choice
  const isMasked = needsToken && !isShown
  const shown = isShown && token !== null ? token : PLACEHOLDER
  const steps = recipeFor(sender, { protocol, ...address, token: needsToken ? shown : null })
  const readStep = async (at: number) => {
    const real = maySeeToken ? await fetchToken() : null
    const whole = recipeFor(sender, { protocol, ...address, token: real ?? PLACEHOLDER })
    return whole[at]?.text ?? ''
  }
  return (
    <>
      {props.isLoopback ? <LoopbackNote /> : null}
      <Tabs.Root
        value={sender}
        onValueChange={(next) => choose({ ...choice, sender: next as Sender })}
        className="flex flex-col gap-4"
      >
        <div className="flex flex-wrap items-end justify-between gap-3 border-b">
          <SenderTabs />
          <ProtocolChoice
            protocol={protocol}
            onChange={(next) => choose({ ...choice, protocol: next })}
          />
        </div>
        <Tabs.Content value={sender} className="flex flex-col gap-4">
          {steps.map(({ title, text, note }, at) => (
            <section key={title}>
              <h2 className="mb-1.5 text-[13px] font-medium">{title}</h2>
              <CopyBlock
                label={title}
                text={isMasked && maySeeToken ? text.replaceAll(PLACEHOLDER, MASK) : text}
                {...(isMasked && text.includes(PLACEHOLDER)
                  ? { readText: () => readStep(at) }
                  : {})}
              />
              {note ? <p className="mt-1.5 text-[13px] text-muted">{note}</p> : null}
            </section>
          ))}
        </Tabs.Content>
      </Tabs.Root>
      {needsToken ? <TokenBar {...{ maySeeToken, isShown, toggle, problem }} /> : null}
    </>
  )
}

function LoopbackNote() {
  return (
    <p className="rounded-md border bg-surface px-3 py-2 text-[13px] text-muted">
      The collector listens on this machine only. For senders elsewhere set{' '}
      <code className="font-mono">STRAYLINE_COLLECTOR_HOST</code> and{' '}
      <code className="font-mono">STRAYLINE_INGEST_TOKEN</code> and start again.
    </p>
  )
}

function SenderTabs() {
  return (
    <Tabs.List aria-label="Sender" className="flex flex-wrap">
      {SENDERS.map((each) => (
        <Tabs.Trigger
          key={each}
          value={each}
          className="-mb-px border-b-2 border-transparent px-3 py-2 text-[13.5px] font-medium text-muted hover:text-ink data-[state=active]:border-ink data-[state=active]:text-ink"
        >
          {LABELS[each]}
        </Tabs.Trigger>
      ))}
    </Tabs.List>
  )
}

type TokenBarProps = {
  readonly maySeeToken: boolean
  readonly isShown: boolean
  readonly toggle: () => void
  /** Why it could not be read, or ''. */
  readonly problem: string
}

function TokenBar({ maySeeToken, isShown, toggle, problem }: TokenBarProps) {
  const Icon = isShown ? EyeOff : Eye
  return (
    <div className="flex flex-wrap items-center gap-3 text-[13px] text-muted">
      {maySeeToken ? (
        <>
          <button type="button" className={buttonClass('outline')} onClick={toggle}>
            <Icon size={14} aria-hidden />
            {isShown ? 'Hide the ingest token' : 'Show the ingest token'}
          </button>
          <span>Copying takes the real one along.</span>
        </>
      ) : (
        <span>Ask an admin for the ingest token, and put it where {PLACEHOLDER} stands.</span>
      )}
      <span role="alert" className="text-danger">
        {problem}
      </span>
    </div>
  )
}

type ProtocolChoiceProps = {
  readonly protocol: OtlpProtocol
  readonly onChange: (protocol: OtlpProtocol) => void
}

function ProtocolChoice({ protocol, onChange }: ProtocolChoiceProps) {
  return (
    <fieldset className="mb-2 flex rounded-md border border-line-strong p-0.5">
      <legend className="sr-only">Protocol</legend>
      {PROTOCOLS.map((each) => (
        <button
          key={each}
          type="button"
          aria-pressed={each === protocol}
          onClick={() => onChange(each)}
          className="h-6.5 rounded px-2.5 text-[12.5px] font-medium text-muted hover:text-ink aria-pressed:bg-hover aria-pressed:text-ink"
        >
          {PROTOCOL_LABELS[each]}
        </button>
      ))}
    </fieldset>
  )
}

type Choice = { readonly sender: Sender; readonly protocol: OtlpProtocol }

/** In the URL, so that a link shows the same lines. */
function useChoice(): readonly [Choice, (choice: Choice) => void] {
  const params = useSearchParams()
  const sender = SENDERS.find((each) => each === params.get('sender')) ?? 'collector'
  const protocol = PROTOCOLS.find((each) => each === params.get('protocol')) ?? 'grpc'
  const choose = (choice: Choice) => {
    const next = new URLSearchParams(window.location.search)
    for (const [name, value] of Object.entries(choice)) next.set(name, value)
    window.history.replaceState(null, '', `/connect?${next}`)
  }
  return [{ sender, protocol }, choose]
}

/** The ingest token, asked for when it is needed and not before. */
function useToken() {
  const [token, setToken] = useState<string | null>(null)
  const [isShown, setShown] = useState(false)
  const [problem, setProblem] = useState('')
  const fetchToken = async (): Promise<string | null> => {
    if (token !== null) return token
    const answer = await fetch('/api/v1/ingest-token').catch(() => null)
    if (!answer?.ok) {
      setProblem('The token could not be read. Try again.')
      return null
    }
    const { token: read } = (await answer.json()) as { readonly token: string }
    setProblem('')
    setToken(read)
    return read
  }
  const toggle = async () => setShown(!isShown && (await fetchToken()) !== null)
  return { token, isShown, fetchToken, toggle, problem }
}
