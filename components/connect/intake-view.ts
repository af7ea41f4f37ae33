// What has come in so far, for whoever connects a sender: what /api/v1/intake hands out.

export type IntakeEnvironment = {
  /** Untrusted text. */
  readonly name: string
  readonly services: number
  readonly edges: number
  /** Services that are called and of which no call of their own was seen, the first ones. Untrusted. */
  readonly silentCallers: readonly string[]
  readonly silentCallerCount: number
}

export type IntakeRefusal = {
  readonly reason: 'unauthorized' | 'undecodable' | 'otherSignal' | 'malformedSpan'
  readonly count: number
  /** Unix ms. */
  readonly lastAtMs: number
}

export type IntakeView = {
  /** Clock of the server, unix ms. */
  readonly nowMs: number
  /** When the newest span of real traces was seen, unix ms; null before the first. */
  readonly lastSpanMs: number | null
  /** Spans without a service.name, since the collector's first start. */
  readonly namelessSpans: number
  /** Environments with traces in the last 24 h, the newest first. */
  readonly environments: readonly IntakeEnvironment[]
  readonly refusals: readonly IntakeRefusal[]
}
