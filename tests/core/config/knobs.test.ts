// The settings that say what spans mean: their defaults, what each accepts, and what is refused.
import { expect, test } from 'vitest'
import { KNOB_SETTINGS, pickKnobs } from '../../../core/config/knobs.ts'
import { parseSettings } from '../../../core/config/parse.ts'
import { DEFAULT_FOLD_OPTIONS } from '../../../core/fold/options.ts'
import { parseGlob } from '../../../core/graph/glob.ts'

function read(variable: string, text: string) {
  const parsed = parseSettings(KNOB_SETTINGS, { [variable]: text })
  return parsed.ok ? pickKnobs(parsed.settings) : parsed.problems
}

test('nothing set is the defaults of the fold', () => {
  const parsed = parseSettings(KNOB_SETTINGS, {})
  expect(DEFAULT_FOLD_OPTIONS).toMatchObject(parsed.ok ? pickKnobs(parsed.settings) : {})
  expect(parsed.ok).toBe(true)
})

test.each([
  ['STRAYLINE_STRICT_TRACE_IDS', 'True', { isTraceIdStrict: true }],
  ['STRAYLINE_ORPHANS', 'external:unknown', { orphans: 'external:unknown' }],
  ['STRAYLINE_SERVICE_IDENTITY', 'name', { serviceIdentity: 'name' }],
  [
    'STRAYLINE_TRANSPARENT_SERVICES',
    ' envoy* , mesh/*,',
    { transparentServices: [parseGlob('envoy*'), parseGlob('mesh/*')] },
  ],
  [
    'STRAYLINE_REWRITE_HOSTS',
    'DB-*.eu => db-$1; 10.* => fleet',
    {
      rewriteHosts: [
        { glob: parseGlob('db-*.eu'), name: 'db-$1' },
        { glob: parseGlob('10.*'), name: 'fleet' },
      ],
    },
  ],
  [
    'STRAYLINE_REWRITE_DATABASES',
    'MySQL:* => mysql',
    { rewriteDatabases: [{ glob: parseGlob('MySQL:*'), name: 'mysql' }] },
  ],
  [
    'STRAYLINE_REWRITE_DESTINATIONS',
    'reply.* => reply of $$1',
    { rewriteDestinations: [{ glob: parseGlob('reply.*'), name: 'reply of $$1' }] },
  ],
  [
    'STRAYLINE_PEER_ATTRIBUTES',
    'upstream_cluster,db.name',
    { peerKeys: ['upstream_cluster', 'db.name'] },
  ],
] as const)('%s=%s', (variable, text, expected) => {
  expect(read(variable, text)).toMatchObject(expected)
})

test.each([
  ['STRAYLINE_STRICT_TRACE_IDS', 'yes'],
  ['STRAYLINE_ORPHANS', 'user'],
  ['STRAYLINE_TRANSPARENT_SERVICES', '*'],
  ['STRAYLINE_TRANSPARENT_SERVICES', 'a**b'],
  ['STRAYLINE_TRANSPARENT_SERVICES', Array.from({ length: 101 }, (_, i) => `s${i}`).join(',')],
  ['STRAYLINE_REWRITE_HOSTS', 'a'],
  ['STRAYLINE_REWRITE_HOSTS', 'a =>'],
  ['STRAYLINE_REWRITE_HOSTS', '=> a'],
  ['STRAYLINE_REWRITE_HOSTS', 'a => b => c'],
  ['STRAYLINE_REWRITE_HOSTS', '* => $2'],
  ['STRAYLINE_REWRITE_HOSTS', '* => $x'],
  ['STRAYLINE_REWRITE_HOSTS', `${'*a'.repeat(10)} => b`],
  ['STRAYLINE_REWRITE_HOSTS', `${'a'.repeat(257)} => b`],
  ['STRAYLINE_PEER_ATTRIBUTES', 'aaaa,bbbb,cccc,dddd,eeee'],
  ['STRAYLINE_PEER_ATTRIBUTES', 'db.statement'],
  ['STRAYLINE_PEER_ATTRIBUTES', 'db.connection_string'],
  ['STRAYLINE_PEER_ATTRIBUTES', 'http.request.header.cookie'],
  ['STRAYLINE_PEER_ATTRIBUTES', 'url.full'],
  ['STRAYLINE_PEER_ATTRIBUTES', 'naïve'],
])('%s=%s is refused in one sentence', (variable, text) => {
  expect(read(variable, text)).toEqual([expect.stringContaining(`${variable} is `)])
})
