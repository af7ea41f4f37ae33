// Settings as text: units, bounds, secrets, and every bad variable reported at once.
import { expect, test } from 'vitest'
import {
  bytesSetting,
  databaseUrlSetting,
  durationSetting,
  hostSetting,
  httpUrlSetting,
  isLoopbackHost,
  parseBytes,
  parseDurationMs,
  parseSettings,
  portSetting,
  secretSetting,
} from '../../../core/config/parse.ts'
import { findExposureProblems, SETTINGS } from '../../../core/config/settings.ts'

test('durations are read in every unit and nothing else', () => {
  expect(['100ms', '3s', '1.5m', '48h', '30d'].map(parseDurationMs)).toEqual([
    100, 3000, 90_000, 172_800_000, 2_592_000_000,
  ])
  for (const bad of ['', '5', '-3s', '3 seconds', '1e3s', 's', '3s ', 'NaNms'])
    expect(parseDurationMs(bad)).toBeUndefined()
})

test('sizes are read in binary units, with or without a space', () => {
  expect(['512B', '64KiB', '16 MiB', '4gib', '1TiB'].map(parseBytes)).toEqual([
    512, 65_536, 16_777_216, 4_294_967_296, 1_099_511_627_776,
  ])
  for (const bad of ['16', '16MB', '-1MiB', 'MiB']) expect(parseBytes(bad)).toBeUndefined()
})

test('unset and blank variables have their defaults, and the values are frozen', () => {
  const parsed = parseSettings(
    {
      holdMs: durationSetting({ variable: 'H', default: '30s', min: '100ms', max: '10m' }),
      port: portSetting({ variable: 'P', default: '4317' }),
      token: secretSetting({ variable: 'T', default: null, charactersMin: 16 }),
    },
    { H: '  ', T: undefined },
  )
  expect(parsed).toEqual({ ok: true, settings: { holdMs: 30_000, port: 4317, token: null } })
  expect(parsed.ok && Object.isFrozen(parsed.settings)).toBe(true)
})

test('every bad variable is reported at once, with its value and its bounds', () => {
  const parsed = parseSettings(
    {
      holdMs: durationSetting({ variable: 'HOLD', default: '30s', min: '100ms', max: '10m' }),
      bytes: bytesSetting({ variable: 'BYTES', default: '1MiB', min: '1KiB', max: '1GiB' }),
      port: portSetting({ variable: 'PORT', default: '0' }),
      fine: portSetting({ variable: 'FINE', default: '0' }),
    },
    { HOLD: '20m', BYTES: 'lots', PORT: '70000', FINE: '8080' },
  )
  expect(parsed).toEqual({
    ok: false,
    problems: [
      'HOLD is "20m": it must be a duration from 100ms to 10m, such as 30s.',
      'BYTES is "lots": it must be a size from 1KiB to 1GiB, such as 1MiB.',
      'PORT is "70000": it must be a port from 1 to 65535, or 0 for any free one.',
    ],
  })
})

test('the value of a secret is never shown', () => {
  const parsed = parseSettings(
    {
      token: secretSetting({ variable: 'TOKEN', default: null, charactersMin: 16 }),
      url: databaseUrlSetting({ variable: 'URL', default: null }),
    },
    { TOKEN: 'hunter2', URL: 'mysql://root:hunter2@db/x' },
  )
  expect(parsed.ok).toBe(false)
  expect(JSON.stringify(parsed)).not.toContain('hunter2')
})

test('listen addresses may be IPv4, IPv6 or a name', () => {
  const { parse } = hostSetting({ variable: 'H', default: '127.0.0.1' })
  expect(['127.0.0.1', '[::1]', '::', 'node-7.example'].map(parse)).toEqual([
    '127.0.0.1',
    '::1',
    '::',
    'node-7.example',
  ])
  for (const bad of ['1.2.3', '999.1.1.1', 'http://x', 'a b', ':::', '-x'])
    expect(parse(bad)).toBeUndefined()
})

test('a public URL keeps its path and loses its trailing slash', () => {
  const { parse } = httpUrlSetting({ variable: 'U', default: null })
  expect(parse('https://example.org/strayline/')).toBe('https://example.org/strayline')
  for (const bad of ['example.org', 'ftp://x', 'https://u:p@x', 'https://x?q=1', 'https://x#f'])
    expect(parse(bad)).toBeUndefined()
})

test('only addresses of this machine count as loopback', () => {
  expect(['127.0.0.1', '127.9.9.9', '::1', 'localhost'].every(isLoopbackHost)).toBe(true)
  expect(['0.0.0.0', '::', '10.0.0.1', 'example.org'].some(isLoopbackHost)).toBe(false)
})

test('the defaults of all settings parse', () => {
  expect(parseSettings(SETTINGS, {})).toMatchObject({ ok: true })
})

test('beyond loopback the web needs its URL and the collector its token', () => {
  const loopback = { webHost: '127.0.0.1', collectorHost: '::1' }
  expect(findExposureProblems({ ...loopback, publicUrl: null, ingestToken: null })).toEqual([])
  const open = { webHost: '0.0.0.0', collectorHost: '0.0.0.0' }
  expect(findExposureProblems({ ...open, publicUrl: null, ingestToken: null })).toEqual([
    expect.stringContaining('STRAYLINE_URL'),
    expect.stringContaining('STRAYLINE_INGEST_TOKEN'),
  ])
  expect(findExposureProblems({ ...open, publicUrl: 'https://x', ingestToken: 't' })).toEqual([])
})
