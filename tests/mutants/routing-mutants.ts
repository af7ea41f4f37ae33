// Faults in who is told of an alert, when, and of what: routes, quiet hours, digests, turns, budgets.
import { type Mutant, mutantsOf } from './mutant.ts'

const MATCH = mutantsOf('match.ts', [
  [
    'match',
    'environments have no globs',
    'matchesAny(wanted.map(parseGlob), name)',
    'wanted.includes(name)',
  ],
  ['match', 'kinds do not narrow', 'match.kinds.includes(facts.kind)', 'true'],
  [
    'match',
    'only this severity',
    'SEVERITIES.indexOf(severity) <=',
    'SEVERITIES.indexOf(severity) ===',
  ],
  [
    'match',
    'this severity or milder',
    'SEVERITIES.indexOf(severity) <=',
    'SEVERITIES.indexOf(severity) >=',
  ],
  ['match', 'owners do not narrow', 'fitsTags(match.owners, facts.owners) &&', ''],
  [
    'match',
    'what is reached does not count',
    '[...facts.dataClasses, ...facts.reachedClasses]',
    'facts.dataClasses',
  ],
  ['match', 'exposures do not narrow', 'fitsTags(match.exposures, facts.exposures) &&', ''],
  [
    'match',
    'layers are exposures',
    'fitsTags(match.layers, facts.layers)',
    'fitsTags(match.layers, facts.exposures)',
  ],
  ['match', 'the case of tags counts', 'parseGlob(each.toLowerCase())', 'parseGlob(each)'],
  ['match', 'a tag that is not set fits a star', "tag !== '' && ", ''],
  [
    'match',
    'the order of routes is that of the list',
    'routes.toSorted((a, b) => a.place - b.place)',
    'routes',
  ],
  ['match', 'routes that are off speak', 'route.isEnabled && ', ''],
  ['match', 'the last route of a channel speaks', '!chosen.has(route.channelId) && ', ''],
])

const QUIET = mutantsOf('quiet.ts', [
  ['quiet', 'windows that touch are two', 'freeMs = endMs\n', 'return endMs\n'],
  [
    'quiet',
    'a window over midnight is none',
    'to: end > begin ? end : end + DAY_MINUTES',
    'to: end',
  ],
  ['quiet', 'from and to the same is nothing', 'end > begin ?', 'end >= begin ?'],
  ['quiet', 'the night before is forgotten', 'of [-1, 0, 1]', 'of [0, 1]'],
  ['quiet', 'Sunday is nobody’s eve', '((weekday - 1 + day + 7) % 7) + 1', 'weekday + day'],
  [
    'quiet',
    'every day is quiet',
    'if (!window.days.includes(((weekday - 1 + day + 7) % 7) + 1)) continue',
    '',
  ],
  ['quiet', 'a window begins a moment late', 'if (atMs < firstShown', 'if (atMs <= firstShown'],
  ['quiet', 'windows have no beginning', 'if (atMs < firstShown(zone, at(from))) continue', ''],
  ['quiet', 'a window has no end', 'if (atMs < endMs) return endMs', 'return endMs'],
  [
    'quiet',
    'hours without end hold to their last look',
    'return atMs\n}\n\n/** The end of a',
    'return freeMs\n}\n\n/** The end of a',
  ],
  ['quiet', 'an unknown zone stops everything', 'if (!isZone(quiet.zone)) return atMs\n', ''],
  ['quiet', 'changes of the clock are not waited for', '> to + CHANGE_MINUTES_MAX', '> to'],
])

const ZONE = mutantsOf('zone.ts', [
  ['zone', 'offsets are zones', 'if (!/^[A-Za-z]/.test(name)) return false\n', ''],
  [
    'zone',
    'what comes twice begins the second time',
    "disambiguation: 'earlier'",
    "disambiguation: 'later'",
  ],
  [
    'zone',
    'what comes twice ends the first time',
    "disambiguation: 'later' })\n  const isShown = last",
    "disambiguation: 'earlier' })\n  const isShown = last",
  ],
  [
    'zone',
    'what is skipped begins before it',
    "isShown ? first : changeAt(first, 'next')",
    'first',
  ],
  [
    'zone',
    'what is skipped ends after it',
    "isShown ? last.epochMilliseconds + 1 : changeAt(last, 'previous').epochMilliseconds",
    'last.epochMilliseconds + 1',
  ],
  [
    'zone',
    'a window ends by its end, not by what is before',
    'local.subtract({ milliseconds: 1 })',
    'local',
  ],
  [
    'zone',
    'days have 24 hours',
    'date.add({ days: 1 }).toZonedDateTime(zone).epochMilliseconds',
    'fromMs + 86_400_000',
  ],
  ['zone', 'the last day is yesterday', 'days - 1 - i', 'days - i'],
])

const PLAN = mutantsOf('plan.ts', [
  [
    'plan',
    'ends are told to all',
    'if (isEnd(notice.act) && !settings.tellsEnd) return null\n',
    '',
  ],
  ['plan', 'a rejection is no end', "act === 'reject' || act === 'resolve'", "act === 'resolve'"],
  [
    'plan',
    'nothing is urgent',
    'isAtLeast(alert.severity, quiet.urgent)',
    'alert.severity === quiet.urgent && quiet.urgent !== alert.severity',
  ],
  ['plan', 'all is urgent where something is', '&& isAtLeast(alert.severity, quiet.urgent)', ''],
  [
    'plan',
    'slots end in quiet hours',
    'afterQuiet(settings, endOfSlot(settings.digestMinutes, nowMs))',
    'endOfSlot(settings.digestMinutes, afterQuiet(settings, nowMs))',
  ],
  [
    'plan',
    'what comes at a boundary belongs to the slot before',
    '(Math.floor(atMs / slotMs) + 1) * slotMs',
    'Math.ceil(atMs / slotMs) * slotMs',
  ],
  [
    'plan',
    'slots begin when somebody looks',
    '(Math.floor(atMs / slotMs) + 1) * slotMs',
    'atMs + slotMs',
  ],
  ['plan', 'what is held goes alone', 'dueAtMs > nowMs ? String(dueAtMs) : null', 'null'],
  [
    'plan',
    'a budget comes at night',
    '{ dueAtMs: afterQuiet(settings, nowMs), batch: null }',
    '{ dueAtMs: nowMs, batch: null }',
  ],
  ['plan', 'one alone is a digest', 'if (notices.length === 1) return first\n', ''],
  ['plan', 'a digest shows everything', '.slice(0, DIGEST_NOTICES_MAX)', ''],
  [
    'plan',
    'a digest counts what it shows',
    'noticesTotal: notices.length',
    'noticesTotal: Math.min(notices.length, DIGEST_NOTICES_MAX)',
  ],
])

const TELL = mutantsOf('tell.ts', [
  ['tell', 'flapping is not told', "    case 'flapping':\n      return", '      return'],
  ['tell', 'withdrawn is not told', "    case 'withdrawn':\n    case", '    case'],
  [
    'tell',
    'every undo is told',
    "undone === 'accept' || undone === 'reject' ? ACT_OF_STATE[state] : null",
    'ACT_OF_STATE[state]',
  ],
  [
    'tell',
    'an undone rejection is not told',
    "undone === 'accept' || undone === 'reject'",
    "undone === 'accept'",
  ],
  [
    'tell',
    'what was resolved is told all the same',
    "if (act === 'resolve') told.length = 0\n",
    '',
  ],
  [
    'tell',
    'an escalation right after opening is told',
    "if (act !== 'escalate' || told.at(-1)?.act !== 'open') told",
    'told',
  ],
  ['tell', 'lines of a reason stay', "reason.replace(/\\s+/g, ' ').trim()", 'reason'],
])

const TURN = mutantsOf('turn.ts', [
  ['turn', 'an undo is told like all else', "action !== 'undone' || last === undefined", 'true'],
  [
    'turn',
    'an undo of a proposal opens what got worse',
    "(last === 'escalate' ? 'open' : last)",
    'last',
  ],
  ['turn', 'an end is of the newest episode', 'if (!isEnd(happening.act)) episode', 'episode'],
  [
    'turn',
    'what opens is of the episode before',
    'if (!isEnd(happening.act)) episode = alert.episode\n',
    '',
  ],
  ['turn', 'an undo knows only earlier turns', '    last = happening.act\n', ''],
  ['turn', 'ends go to everybody', 'return isTold || !isEnd(act)', 'return true'],
  [
    'turn',
    'what nobody heard of is resolved',
    'isResolve && !isHeard ? null : planDelivery',
    'planDelivery',
  ],
  ['turn', 'what is resolved stays in the digest', '    if (isResolve) takeBack(standing)\n', ''],
  ['turn', 'a resolved alert still stands', 'if (isResolve) isTold = isHeard = false\n', ''],
  ['turn', 'what was resolved before still stands', "=== 'resolve') + 1)", "=== 'resolve') * 0)"],
  [
    'turn',
    'a held resolve is taken back by the next',
    'if (isResolve) takeBack(standing)',
    'if (isResolve) takeBack(earlier)',
  ],
  [
    'turn',
    'what is urgent leaves what is held',
    'if (plan.batch === null) takeBack(earlier)\n',
    '',
  ],
  [
    'turn',
    'what is held leaves nothing held',
    'if (plan.batch === null) takeBack(earlier)',
    'takeBack(earlier)',
  ],
  ['turn', 'what was sent is taken back', 'if (isHeld) superseded.add(id)', 'superseded.add(id)'],
  [
    'turn',
    'an escalation is one to all',
    "notice.act === 'escalate' && isFirst ? 'open' : notice.act",
    'notice.act',
  ],
  ['turn', 'what is held counts as heard', 'plan.batch === null ? !isHeard : !isTold', '!isTold'],
  ['turn', 'what is held is never known', 'plan.batch === null ? !isHeard : !isTold', '!isHeard'],
  ['turn', 'what is told in this turn is not known in it', '    isTold = true\n', ''],
  [
    'turn',
    'a route that no longer matches does not tell the end',
    'route ? planChannel(ends, { route, ...view }) : takeBackHeld(ends, before)',
    'takeBackHeld(ends, before)',
  ],
  ['turn', 'a route that no longer matches tells all', 'planChannel(ends,', 'planChannel(told,'],
  ['turn', 'a route that is off tells the end', 'id === routeId && isEnabled', 'id === routeId'],
  [
    'turn',
    'what is held of a gone route is told',
    '? planChannel(ends, { route, ...view }) : takeBackHeld(ends, before)',
    '? planChannel(ends, { route, ...view }) : { deliveries: [], supersededIds: [] }',
  ],
  [
    'turn',
    'a rejection takes back what a gone route holds',
    "const isResolved = ends.some(({ act }) => act === 'resolve')",
    'const isResolved = ends.length > 0',
  ],
  ['turn', 'alert by alert, not in order', '.sort((a, b) => placeOf(a) - placeOf(b))', ''],
  ['turn', 'one key an alert', 'const key = `a', 'const key = alertId || `a'],
])

const BUDGET = mutantsOf('budget.ts', [
  ['budget', 'as many as the target are too many', 'alerts <= target', 'alerts < target'],
  ['budget', 'all days have one key', 'return `b', 'return hash || `b'],
  ['budget', 'what flaps is not counted', "'flapping', ", ''],
  ['budget', 'days are those of UTC', 'dayAt(zoneOf(budget), atMs)', "dayAt('UTC', atMs)"],
  ['budget', 'an unknown zone stops its budget', "isZone(zone) ? zone : 'UTC'", 'zone'],
])

const CHECK = mutantsOf('check-route.ts', [
  ['check', 'any zone will do', 'if (!isZone(zone)) {', "if (zone === '') {"],
  ['check', 'a week may be quiet', '=== WEEK_MINUTES', '=== WEEK_MINUTES + 1'],
  ['check', 'a minute less than a week is refused', '=== WEEK_MINUTES', '>= WEEK_MINUTES - 1'],
  ['check', 'Sunday night is no Monday morning', '% WEEK_MINUTES)', '% (2 * WEEK_MINUTES))'],
])

export const ROUTING_MUTANTS: readonly Mutant[] = [
  ...[...MATCH, ...QUIET, ...ZONE, ...PLAN],
  ...[...TELL, ...TURN, ...BUDGET, ...CHECK],
]
