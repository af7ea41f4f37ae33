// Faults in what is told of edges and services beside counts: encryption, instances, traces and tags.
import { type Mutant, mutantsOf } from './mutant.ts'

const ENCRYPTION = mutantsOf('encryption.ts', [
  [
    'evidence',
    'a TLS version says nothing',
    "if (get('tls.protocol.version') !== '') return Encryption.tls",
    '',
  ],
  [
    'evidence',
    'a plain scheme outweighs TLS',
    'if (schemes.some((scheme) => TLS_SCHEMES.has(scheme))) return Encryption.tls',
    'if (!schemes.some((scheme) => PLAIN_SCHEMES.has(scheme))) return Encryption.tls',
  ],
  [
    'evidence',
    'what says nothing is plain',
    'Encryption.plain : Encryption.unknown',
    'Encryption.plain : Encryption.plain',
  ],
  ['evidence', 'urls say nothing', "    schemeOf(get('url.full')),\n", ''],
])

const EMIT = mutantsOf('emit.ts', [
  [
    'evidence',
    'the callee’s word counts',
    'encryption !== 0 || server < 0 ? encryption',
    'server < 0 ? encryption',
  ],
  [
    'evidence',
    'only the caller’s word counts',
    'encryption !== 0 || server < 0 ? encryption',
    'encryption !== 0 || server < 1e9 ? encryption',
  ],
  [
    'evidence',
    'the callee’s instance is the caller',
    'draft.store.spans.words[clientSpan + SPAN_FLAGS]! >>> INSTANCE_SHIFT',
    'draft.store.spans.words[Math.max(clientSpan, serverSpan) + SPAN_FLAGS]! >>> INSTANCE_SHIFT',
  ],
  [
    'evidence',
    'ids of one trace are several',
    'trace * TRACE_WORDS + TRACE_ID + 2\n',
    'trace * TRACE_WORDS + TRACE_ID\n',
  ],
])

const EXAMPLES = mutantsOf('emit.ts', [
  [
    'evidence',
    'a call in the clear is no example beside an encrypted one',
    'isHourly && isKnown && (!isPlain || memory.plainHours[operation]! >= hour)',
    'isHourly && isKnown',
  ],
  [
    'evidence',
    'every call in the clear is an example',
    'if (isPlain) memory.plainHours[operation] = hour',
    '',
  ],
])

const SUMS = mutantsOf('accumulator.ts', [
  [
    'evidence',
    'encryption is not taken back',
    'counted[at + COUNTED_ENCRYPTION]!]! += sign',
    'counted[at + COUNTED_ENCRYPTION]!]! += 1',
  ],
  [
    'evidence',
    'only the first caller is known',
    'caller > noted[base + NOTED_CALLERS + 1]! && caller !== noted[base + NOTED_CALLERS]!',
    'noted[base + NOTED_CALLERS] === 0 && caller !== 0',
  ],
  [
    'evidence',
    'the second caller is known only when it is higher',
    'caller > noted[base + NOTED_CALLERS + 1]! && caller !== noted[base + NOTED_CALLERS]!',
    'caller > noted[base + NOTED_CALLERS]!',
  ],
  [
    'evidence',
    'the second trace is known only when it is higher',
    'trace > noted[base + NOTED_TRACES + 1]! && trace !== noted[base + NOTED_TRACES]!',
    'trace > noted[base + NOTED_TRACES]!',
  ],
])

const REST = [
  ...mutantsOf('drain.ts', [
    [
      'evidence',
      'a change of nothing but encryption is lost',
      'if (encryptedCalls(edgeWords, base) !== 0 || plainCalls(edgeWords, base) !== 0) return false',
      '',
    ],
    [
      'evidence',
      'encrypted and plain are mixed up',
      'tlsCalls: encryptedCalls(edgeWords, base)',
      'tlsCalls: plainCalls(edgeWords, base)',
    ],
  ]),
  ...mutantsOf('hold.ts', [
    [
      'evidence',
      'the hold forgets the instance',
      'spans[span + SPAN_FLAGS]! & ~CLASS_BITS',
      'spans[span + SPAN_FLAGS]! & ((1 << CLASS_SHIFT) - 1)',
    ],
    [
      'evidence',
      'the instance is taken for the class',
      '(found & CLASS_BITS) >> CLASS_SHIFT',
      'found >> CLASS_SHIFT',
    ],
  ]),
  ...mutantsOf('copies.ts', [
    [
      'evidence',
      'the instance does not decide between copies',
      'incoming.instances[incoming.batch.resources[span]!]! -\n      (words[base + SPAN_FLAGS]! >>> INSTANCE_SHIFT)',
      '0',
    ],
  ]),
  ...mutantsOf('instances.ts', [
    [
      'evidence',
      'the host names an instance before its pod',
      "['service.instance.id', 'k8s.pod.name', 'host.name']",
      "['service.instance.id', 'host.name', 'k8s.pod.name']",
    ],
    [
      'evidence',
      'an empty name is an instance',
      "if (name !== '') return name",
      'if (at >= 0) return name',
    ],
  ]),
  ...mutantsOf('node-sums.ts', [
    [
      'evidence',
      'the lowest instances are kept',
      'known.sort((a, b) => b - a)',
      'known.sort((a, b) => a - b)',
    ],
    [
      'evidence',
      'the first statement of a tag stays',
      'if (known && !isNewerTag(next, known)) continue',
      'if (known) continue',
    ],
    [
      'evidence',
      'what is stated again is told again',
      'if (known?.value !== value) sums.tags',
      'sums.tags',
    ],
    [
      'evidence',
      'the overflow node has the tags of all',
      'if (memory.nodes[node]!.name === OVERFLOW_NAME) return',
      '',
    ],
  ]),
]

export const EVIDENCE_MUTANTS: readonly Mutant[] = [
  ...ENCRYPTION,
  ...EMIT,
  ...EXAMPLES,
  ...SUMS,
  ...REST,
]
