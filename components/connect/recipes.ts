// What to set so that a sender's traces come here: text to copy, a block a step. Only the variables of the
// traces signal are used, because metrics and logs may have another way, and Strayline takes neither.
// Source: opentelemetry.io, "OTLP Exporter Configuration" and the zero-code pages of each language;
// opentelemetry-collector 0.144.0, which renamed the exporters otlp and otlphttp.

export const SENDERS = ['collector', 'javascript', 'python', 'java', 'go'] as const
export type Sender = (typeof SENDERS)[number]
export const PROTOCOLS = ['grpc', 'http'] as const
export type OtlpProtocol = (typeof PROTOCOLS)[number]

export type SendTo = {
  readonly protocol: OtlpProtocol
  /** Without a path: http://127.0.0.1:4317. */
  readonly grpcUrl: string
  readonly httpUrl: string
  /** null: none is asked for. */
  readonly token: string | null
}

export type RecipeStep = {
  readonly title: string
  readonly text: string
  readonly note?: string
}

/** The steps for one sender, in order. */
export function recipeFor(sender: Sender, to: SendTo): readonly RecipeStep[] {
  switch (sender) {
    case 'collector':
      return collectorSteps(to)
    case 'javascript':
      return [
        {
          title: 'Install',
          text: 'npm install --save @opentelemetry/api @opentelemetry/auto-instrumentations-node',
        },
        environmentStep(to),
        {
          title: 'Start',
          text: 'node --require @opentelemetry/auto-instrumentations-node/register app.js',
        },
      ]
    case 'python':
      return [
        {
          title: 'Install',
          text: 'pip install opentelemetry-distro opentelemetry-exporter-otlp\nopentelemetry-bootstrap -a install',
        },
        environmentStep(to),
        { title: 'Start', text: 'opentelemetry-instrument python app.py' },
      ]
    case 'java':
      return [
        environmentStep(to),
        {
          title: 'Start, with the agent of opentelemetry-java-instrumentation',
          text: 'java -javaagent:path/to/opentelemetry-javaagent.jar -jar app.jar',
        },
      ]
    case 'go':
      return goSteps(to)
  }
}

function environmentStep(to: SendTo): RecipeStep {
  return {
    title: 'Set for each service',
    text: [
      ...tracesVariables(to),
      'export OTEL_METRICS_EXPORTER="none"',
      'export OTEL_LOGS_EXPORTER="none"',
    ].join('\n'),
    note: 'Strayline takes traces only: leave the last two lines out when metrics and logs go elsewhere.',
  }
}

function tracesVariables({ protocol, grpcUrl, httpUrl, token }: SendTo): string[] {
  const isGrpc = protocol === 'grpc'
  return [
    'export OTEL_SERVICE_NAME="your-service"',
    'export OTEL_RESOURCE_ATTRIBUTES="deployment.environment.name=production"',
    'export OTEL_TRACES_EXPORTER="otlp"',
    `export OTEL_EXPORTER_OTLP_TRACES_PROTOCOL="${isGrpc ? 'grpc' : 'http/protobuf'}"`,
    `export OTEL_EXPORTER_OTLP_TRACES_ENDPOINT="${isGrpc ? grpcUrl : `${httpUrl}/v1/traces`}"`,
    ...(token === null
      ? []
      : [`export OTEL_EXPORTER_OTLP_TRACES_HEADERS="authorization=Bearer%20${percent(token)}"`]),
  ]
}

/** Values of the variable are written as in W3C baggage. Nothing that a shell reads stays bare. */
function percent(token: string): string {
  return encodeURIComponent(token).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function collectorSteps({ protocol, grpcUrl, httpUrl, token }: SendTo): readonly RecipeStep[] {
  const [name, older] = protocol === 'grpc' ? ['otlp_grpc', 'otlp'] : ['otlp_http', 'otlphttp']
  const exporter = `${name}/strayline`
  const lines = [
    'exporters:',
    `  ${exporter}:`,
    ...(protocol === 'grpc'
      ? [`    endpoint: ${new URL(grpcUrl).host}`, '    tls:', '      insecure: true']
      : [`    endpoint: ${httpUrl}`]),
    // A lone $ would begin a variable.
    ...(token === null
      ? []
      : [
          '    headers:',
          `      authorization: ${JSON.stringify(`Bearer ${token}`).replaceAll('$', '$$$$')}`,
        ]),
    '',
    'service:',
    '  pipelines:',
    '    traces:',
    `      exporters: [your-exporter, ${exporter}]`,
  ]
  return [
    {
      title: 'Add to the configuration, beside the exporters you have',
      text: lines.join('\n'),
      note: `A Collector before 0.144 calls this exporter ${older}. Put it before any sampling: calls that are sampled away cannot be on the map. A way through Kafka, by the exporter of the contrib distribution, comes later.`,
    },
  ]
}

function goSteps(to: SendTo): readonly RecipeStep[] {
  const exporter = to.protocol === 'grpc' ? 'otlptracegrpc' : 'otlptracehttp'
  return [
    {
      title: 'Install',
      text: `go get go.opentelemetry.io/otel/sdk go.opentelemetry.io/otel/exporters/otlp/otlptrace/${exporter}`,
    },
    {
      title: 'Set for each service',
      text: tracesVariables(to)
        .filter((line) => !/_(TRACES_EXPORTER|PROTOCOL)=/.test(line))
        .join('\n'),
      note: 'The Go SDK reads these; which exporter it uses is said in the code.',
    },
    {
      title: 'Add to main',
      text: `exporter, err := ${exporter}.New(ctx)
if err != nil {
	return err
}
provider := trace.NewTracerProvider(trace.WithBatcher(exporter))
defer provider.Shutdown(ctx)
otel.SetTracerProvider(provider)
otel.SetTextMapPropagator(propagation.TraceContext{})`,
      note: 'trace is go.opentelemetry.io/otel/sdk/trace. Wrap servers and clients with the instrumentation of your framework, such as otelhttp and otelgrpc: both sides make spans only then.',
    },
  ]
}
