// Faults in what happens over time: copies, hold, late window, corrections, presence and bounds (R2, R14).
import { type Mutant, mutantsOf } from './mutant.ts'

const COPIES = mutantsOf('copies.ts', [
  ['R2', 'the kind makes no difference', 'return a.kind === b.kind && services', 'return services'],
  [
    'R2',
    'the service makes no difference',
    'services[a.service]?.name === services[b.service]?.name',
    'a.kind === b.kind',
  ],
  [
    'R2',
    'attributes do not decide between copies',
    '    compareText(other.sortKey, known.sortKey) ||\n',
    '',
  ],
  [
    'R2',
    'links do not decide between copies',
    '    compareText(batchLinksText(incoming, span), linksText(fold.store, row)) ||\n',
    '',
  ],
])

const INSERT = mutantsOf('insert.ts', [
  ['R2', 'a copy is a span of its own', 'if (copy >= 0) {', 'if (copy < -9) {'],
  [
    'R2',
    'an error of a copy is lost',
    '(words[base + SPAN_FLAGS]! | batch.flags[span]!) & SpanFlag.error',
    'words[base + SPAN_FLAGS]! & SpanFlag.error',
  ],
  [
    'R2',
    'the copy that came first stands for all',
    'const wins = compareCopies(fold, insertion, { span, shape, row }) < 0',
    'const wins = shape < 0',
  ],
  [
    'R2',
    'the copy that came last stands for all',
    'const wins = compareCopies(fold, insertion, { span, shape, row }) < 0',
    'const wins = shape >= 0',
  ],
  ['R2', 'the links of a copy that lost stay', '    removeLinksOfSpan(fold.store, row)\n', ''],
  ['hold', 'a copy begins the hold anew', '    words[base + SPAN_ARRIVAL] = arrival\n', ''],
  [
    'hold',
    'a copy waits once more',
    'words[base + SPAN_FLAGS]! |= held',
    'words[base + SPAN_FLAGS]! |= held & 0',
  ],
  [
    'correction',
    'the target of a link is not noted before it changes',
    'prepareChange(insertion, target)',
    'linksTo(store, target)',
  ],
  [
    'correction',
    'neighbours are not evaluated again',
    'const affected = tracesAround(store, trace)',
    'const affected = [trace]',
  ],
])

const TIMING = mutantsOf('timing.ts', [
  ['presence', 'a new edge waits for the quiet', '(flags & TraceFlag.urgent) !== 0 ||', ''],
  [
    'quiet',
    'no trace is quiet before the hold',
    'const isQuiet = touchedMs(fold, trace) >= Math.min(quietMs, holdMs)',
    'const isQuiet = touchedMs(fold, trace) >= Math.max(quietMs, holdMs)',
  ],
  [
    'correction',
    'a changed trace is added, not corrected',
    'if (!isUnchanged) for (const row of members) takeBack(fold, row)',
    '',
  ],
  [
    'correction',
    'what was given is not noted',
    'TraceFlag.emitted) === 0 || fold.before.has(owner)) return',
    'TraceFlag.emitted) >= 0 || fold.before.has(owner)) return',
  ],
  ['correction', 'corrections are not counted', '  fold.tallies.corrected++\n', ''],
  [
    'late window',
    'a trace is forgotten with the hold',
    'const rememberedMs = fold.options.holdMs + fold.options.lateWindowMs',
    'const rememberedMs = fold.options.holdMs',
  ],
  [
    'late window',
    'two traces that count as one go alone',
    'for (const row of members) forgetRow(fold, row)',
    'forgetRow(fold, trace)',
  ],
  [
    'late window',
    'neighbours do not keep what they got',
    'if (spansOfTrace(fold.store, row) > 0) noteBefore(fold, row)',
    'unheldMs(fold, row)',
  ],
  [
    'bounds',
    'an evicted trace is lost',
    '.some((row) => isUnfinished(fold, row))) emitTrace(fold, trace, 0)',
    '.some((row) => isUnfinished(fold, row))) unheldMs(fold, trace)',
  ],
  [
    'bounds',
    'an eviction is not counted',
    'fold.tallies.evictedEarly += pending - fold.tallies.pending',
    '',
  ],
])

const HOLD = mutantsOf('hold.ts', [
  ['hold', 'everything is held at once', 'if (ageMs >= waitMs) {', 'if (ageMs >= 0) {'],
  ['hold', 'a held span stays pending', '          fold.tallies.pending--\n', ''],
  [
    'hold',
    'spans that are held alone are held early',
    '    if (ageMs < waitMs) {',
    '    if (ageMs < 0) {',
  ],
])

const EMIT = mutantsOf('emit.ts', [
  [
    'R10',
    'unattributed calls are not taken back',
    'noteNode(pending, node, context.nowMs).unattributedCalls--',
    'noteNode(pending, node, context.nowMs)',
  ],
  ['identity', 'classes are not taken back', 'classTotals[i]! -= spans', 'classTotals[i]! -= 0'],
  [
    'time',
    'a call counts when it arrives',
    'return arrivalMs - floats[span + SPAN_LAG]! + floats[span + SPAN_DURATION]!',
    'return arrivalMs',
  ],
  [
    'identity',
    'what a span names is in no environment',
    'environment: context.table.services[home]!.environment }',
    "environment: 'default' }",
  ],
])

const SUMS = mutantsOf('accumulator.ts', [
  [
    'R11',
    'errors are not taken back',
    'const error = sign * counted[at + COUNTED_ERROR]!',
    'const error = counted[at + COUNTED_ERROR]!',
  ],
  [
    'R11',
    'the first protocol stays',
    'if (protocol > edgeWords[place + EDGE_PROTOCOL]!) edgeWords',
    'if (protocol < -9) edgeWords',
  ],
])

const MEMORY = mutantsOf('graph-memory.ts', [
  ['bounds', 'hosts are not bounded', 'externals >= options.externalHostsMax', 'externals >= 1e9'],
  ['bounds', 'nodes are not bounded', 'nodes >= options.nodesMax', 'nodes >= 1e9'],
  [
    'bounds',
    'operations are not bounded',
    'edgeKnown.operations >= options.operationsPerEdgeMax',
    'edgeKnown.operations >= 1e9',
  ],
  ['bounds', 'environments are not bounded', '>= environmentsMax', '>= 1e9'],
  ['bounds', 'edges are not bounded', 'edges >= options.edgesMax', 'edges >= 1e9'],
])

const PRESENCE = mutantsOf('presence.ts', [
  [
    'presence',
    'links complete no edge',
    'return meetsThroughLinks(fold, trace) || isNew',
    'return isNew',
  ],
  [
    'presence',
    'a pair of faces is new once for all',
    'if (findPair(faces, keys, aboveFace, belowFace) >= 0) return false',
    'if (faces.count > 0) return false',
  ],
])

export const STREAMING_MUTANTS: readonly Mutant[] = [
  ...COPIES,
  ...INSERT,
  ...TIMING,
  ...HOLD,
  ...EMIT,
  ...SUMS,
  ...MEMORY,
  ...PRESENCE,
]
