// Reads server-sent events as a browser does, as far as our tests need it.

export type ReceivedEvent = { readonly event: string; readonly data: unknown }

export type EventStream = {
  readonly received: readonly ReceivedEvent[]
  readonly close: () => void
  /** Resolves when the stream has ended, whoever ended it. */
  readonly closed: Promise<void>
}

/** Errors: rejects when the answer is not an event stream. */
export async function openEvents(address: string, cookie: string): Promise<EventStream> {
  const aborter = new AbortController()
  const answer = await fetch(address, { headers: { cookie }, signal: aborter.signal })
  if (!answer.ok || !answer.body) throw new Error(`${address} answered ${answer.status}`)
  const received: ReceivedEvent[] = []
  const closed = readAll(answer.body, received).catch(() => {
    // Aborted by close, or cut by the server: either way it has ended.
  })
  return { received, close: () => aborter.abort(), closed }
}

async function readAll(body: ReadableStream<Uint8Array>, received: ReceivedEvent[]): Promise<void> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true })
    const blocks = text.split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks) {
      const event = /^event: (.*)$/m.exec(block)?.[1]
      const data = /^data: (.*)$/m.exec(block)?.[1]
      if (event && data) received.push({ event, data: JSON.parse(data) })
    }
  }
}
