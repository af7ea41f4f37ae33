// Faults in whom a call goes to and how it counts: R3, R5, R7, R8, R10 to R12 and N1 to N4.
import { type Mutant, mutantsOf } from './mutant.ts'

const PAIRING = mutantsOf('pairing.ts', [
  [
    'R8',
    'a push subscription leads past its topic',
    'draft.roles[client] === Role.producer && broker >= 0',
    'draft.roles[client] === Role.producer && broker < -9',
  ],
  [
    'R8',
    'any client that states a broker pushes',
    'draft.roles[client] === Role.producer && broker >= 0',
    'broker >= 0',
  ],
  ['R11', 'the client’s error is not the pair’s', '(isPush ? 0 : flags[client]!)', '0'],
  [
    'R11',
    'the producer’s error is the delivery’s',
    '(isPush ? 0 : flags[client]!)',
    'flags[client]!',
  ],
  [
    'R11',
    'a pair has the server’s protocol',
    '    words[clientShape + SHAPE_CLIENT_PROTOCOL]!,\n',
    '    0,\n',
  ],
  [
    'R5',
    'a call without client span runs backwards',
    '    source: services[draft.above[server]!]!,\n    target: services[server]!,',
    '    source: services[server]!,\n    target: services[draft.above[server]!]!,',
  ],
  [
    'R10',
    'an orphan that names nobody is a user’s call',
    'const isUnattributed = !isRoot && caller < 0',
    'const isUnattributed = caller < -9',
  ],
  ['R10', 'orphans are not counted at their node', 'draft.unattributed.push(server)', ''],
  [
    'R12',
    'a timer is a user’s request',
    'if (isRoot && words[shape + SHAPE_BITS]! & ShapeBit.unattended) {',
    'if (isRoot && shape < -9) {',
  ],
])

const OWN = mutantsOf('own-calls.ts', [
  ['R14', 'a virtual call does not wait for the hold', '    gate: client,', '    gate: -1,'],
  ['R14', 'an entry does not wait for the hold', '    gate: server,', '    gate: -1,'],
  [
    'R10',
    'a named caller is a user',
    'source: endOf(caller >= 0 ? caller : USER_END)',
    'source: endOf(caller >= 1e9 ? caller : USER_END)',
  ],
  [
    'R11',
    'the error of a virtual call is lost',
    'error: draft.flags[client]! & SpanFlag.error',
    'error: 0',
  ],
])

const EVALUATE = mutantsOf('evaluate.ts', [
  [
    'R7',
    'an answered client calls what it states, too',
    'if (isAnswered(draft, i)) continue // classed where it was answered',
    '',
  ],
  [
    'R9',
    'a represented client calls all the same',
    'if (marks[i]! & Mark.represented) classes[i] = Class.represented',
    'if (count < 0) classes[i] = Class.represented',
  ],
  [
    'R6',
    'hops are found before consumers answer',
    '  if (draft.hasMessages || draft.isLinked) deliverMessages(draft)\n  addHops(draft)',
    '  addHops(draft)\n  if (draft.hasMessages || draft.isLinked) deliverMessages(draft)',
  ],
])

const ROLE = mutantsOf('role.ts', [
  ['R3', 'a settle is a call', "if (operation === 'settle') return Role.internal", ''],
  [
    'R3',
    'a pub/sub function is a server',
    "get('faas.trigger') === 'pubsub' ? Role.consumer : Role.server",
    "get('faas.trigger') === 'pubsub' ? Role.server : Role.server",
  ],
  [
    'R3',
    'a span without kind that names a peer is internal',
    'return isClient ? clientRole(hasMessaging, operation) : Role.internal',
    'return Role.internal',
  ],
  [
    'R3',
    'a span without kind is a client',
    'return isClient ? clientRole(hasMessaging, operation) : Role.internal',
    'return clientRole(hasMessaging, operation)',
  ],
  ['R3', 'a receiving CLIENT calls its broker', "['receive', 'process', 'deliver']", '[]'],
  ['R3', 'a publishing CLIENT is a plain one', "['publish', 'send', 'create']", '[]'],
  [
    'R7',
    'the peer is looked at before the database',
    'if (families & Family.database)\n',
    'if (families & Family.database && !other.peer)\n',
  ],
  [
    'R7',
    'a peer is external',
    "if (other.peer) return [{ kind: 'service'",
    "if (other.peer) return [{ kind: 'external'",
  ],
  [
    'R7',
    'an invoked function is none',
    "if (invoked) return [{ kind: 'service', name: invoked }, 'peer']",
    '',
  ],
  [
    'R7',
    'an rpc service is none',
    "    get('gen_ai.system') ||\n    rpcService\n",
    "    get('gen_ai.system')\n",
  ],
  [
    'R11',
    'a server half’s database is the call’s protocol',
    'if (isCaller && families & Family.database)',
    'if (families & Family.database)',
  ],
  ['R11', 'grpc is any rpc', "if (rpcSystem(get) === 'grpc') return 'grpc'", ''],
])

const NAMES = mutantsOf('names.ts', [
  [
    'N1',
    'a database is named without its host',
    'let instance = peer || host',
    'let instance = peer',
  ],
  [
    'N1',
    'an IP address stays beside a namespace',
    "if (namespace !== '' && isIpLiteral(instance)) instance = ''",
    '',
  ],
  [
    'N1',
    'an IP address is dropped without a namespace',
    "if (namespace !== '' && isIpLiteral(instance)) instance = ''",
    "if (isIpLiteral(instance)) instance = ''",
  ],
  ['N1', 'old names of systems stay', 'DATABASE_SYSTEMS[stated]! : stated', 'stated : stated'],
  ['N2', 'throwaway destinations have names', "if (isThrowaway) return ''", ''],
  [
    'N2',
    'the name is taken before the template',
    'if (template) return template',
    "if (template && !get('messaging.destination.name')) return template",
  ],
  [
    'N2',
    'the host is named before the system',
    'destinationName(get) ||',
    'destinationName(get) || host ||',
  ],
  [
    'N3',
    'the oldest name of a callee wins',
    "    get('server.service.name') ||\n",
    "    get('peer.service') ||\n    get('server.service.name') ||\n",
  ],
  [
    'N3',
    'a server names nobody',
    "    get('client.service.name') ||\n    get('service.peer.name') ||\n    get('peer.service') ||\n",
    '',
  ],
  [
    'N4',
    'a socket address wins over a name',
    "    normalHost(get('server.address')) ||\n",
    "    normalHost(get('network.peer.address')) ||\n    normalHost(get('server.address')) ||\n",
  ],
  ['N4', 'hosts keep their port', '  host = withoutPort(host)\n', ''],
  [
    'N4',
    'only 127.0.0.1 is localhost',
    '/^127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}$/.test(host)',
    "host === '127.0.0.1'",
  ],
])

export const CALL_MUTANTS: readonly Mutant[] = [...PAIRING, ...OWN, ...EVALUATE, ...ROLE, ...NAMES]
