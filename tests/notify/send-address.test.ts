// The guard: no spelling of an address that only we can reach gets through, and what was judged is what is used.
import { isIP } from 'node:net'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { classifyAddress, lookupPinned, pinHost } from '../../notify/send/address.ts'

const unused = () => Promise.reject(new Error('a literal address is not looked up'))
const guarded = { resolve: unused, allowsPrivate: false }
const allowed = { resolve: unused, allowsPrivate: true }

type Octets = readonly [number, number, number, number]

/** Blocks of IPv4 that are nobody's channel. Source: IANA's special-purpose registry, RFC 6890. */
const BLOCKS: readonly { readonly from: Octets; readonly bits: number }[] = [
  { from: [0, 0, 0, 0], bits: 8 },
  { from: [10, 0, 0, 0], bits: 8 },
  { from: [100, 64, 0, 0], bits: 10 },
  { from: [127, 0, 0, 0], bits: 8 },
  { from: [169, 254, 0, 0], bits: 16 },
  { from: [172, 16, 0, 0], bits: 12 },
  { from: [192, 0, 0, 0], bits: 24 },
  { from: [192, 0, 2, 0], bits: 24 },
  { from: [192, 168, 0, 0], bits: 16 },
  { from: [198, 18, 0, 0], bits: 15 },
  { from: [198, 51, 100, 0], bits: 24 },
  { from: [203, 0, 113, 0], bits: 24 },
  { from: [224, 0, 0, 0], bits: 4 },
  { from: [240, 0, 0, 0], bits: 4 },
]

const special = fc
  .tuple(fc.constantFrom(...BLOCKS), fc.nat(0xffffffff))
  .map(([{ from, bits }, random]): Octets => {
    const hostMask = 2 ** (32 - bits) - 1
    const value = numberOf(from) + (random % (hostMask + 1))
    return octetsOf(value)
  })

const spellingsOf4 = fc
  .tuple(
    special,
    fc.array(fc.constantFrom('dec', 'oct', 'hex', 'HEX'), { minLength: 4, maxLength: 4 }),
    fc.integer({ min: 1, max: 4 }),
  )
  .map(([octets, forms, count]) => {
    const value = numberOf(octets)
    const heads: readonly number[] = octets.slice(0, count - 1)
    const tail = value % 2 ** (8 * (5 - count))
    return [...heads, tail].map((part, at) => spelled(part, forms[at] ?? 'dec')).join('.')
  })

function spelled(part: number, form: string): string {
  if (form === 'oct') return `0${part.toString(8)}`
  if (form === 'hex') return `0x${part.toString(16)}`
  if (form === 'HEX') return `0X00${part.toString(16).toUpperCase()}`
  return String(part)
}

test('no spelling of a special IPv4 address passes', async () => {
  await fc.assert(
    fc.asyncProperty(spellingsOf4, fc.constantFrom('', '.'), async (spelling, dot) => {
      expect(await pinHost(spelling + dot, guarded)).toMatchObject({ ok: false })
    }),
    { numRuns: 2_000 },
  )
})

test('no IPv6 form that leads to a special IPv4 address passes, in any spelling', async () => {
  const forms = fc.constantFrom(
    '::ffff:',
    '64:ff9b::',
    '64:FF9B:0:0:0:0:',
    '::',
    '0:0:0:0:0:ffff:',
    '::ffff:0:',
  )
  await fc.assert(
    fc.asyncProperty(
      special,
      forms,
      fc.boolean(),
      fc.boolean(),
      async (octets, form, isDotted, isBracketed) => {
        const [a, b, c, d] = octets
        const hex = `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`
        const address = form + (isDotted ? octets.join('.') : hex)
        expect(isIP(address)).toBe(6)
        const pinned = await pinHost(isBracketed ? `[${address}]` : address, guarded)
        expect(pinned).toMatchObject({ ok: false })
      },
    ),
    { numRuns: 1_000 },
  )
})

test('no IPv6 address outside what is given out passes, nor tunnels and metadata within it', async () => {
  const words = fc.array(fc.nat(0xffff), { minLength: 7, maxLength: 7 })
  const outside = fc.nat(0xffff).filter((word) => word < 0x2000 || word > 0x3fff)
  await fc.assert(
    fc.asyncProperty(outside, words, async (first, rest) => {
      const nat64 = first === 0x64 && rest[0] === 0xff9b
      fc.pre(!nat64)
      const address = [first, ...rest].map((word) => word.toString(16)).join(':')
      expect(await pinHost(address, guarded)).toMatchObject({ ok: false })
      expect(await pinHost(`${address}%eth0`, guarded)).toMatchObject({ ok: false })
    }),
    { numRuns: 1_000 },
  )
  const bad = [
    '2002:7f00:1::',
    '2001::1',
    '2001:db8::1',
    '3fff::1',
    '2001:2::1',
    '64:ff9b:1::a00:1',
  ]
  for (const address of [...bad, 'fd00:ec2::254', '::1', '::', 'fe80::1%lo', 'ff02::1', 'fec0::1'])
    expect(await pinHost(address, guarded)).toMatchObject({ ok: false })
})

test('public addresses pass, those in IPv6 forms, too', async () => {
  for (const address of ['8.8.8.8', '93.184.216.34', '2606:4700::1111', '2a00:1450:4001::200e'])
    expect(await pinHost(address, guarded)).toMatchObject({ ok: true, addresses: [address] })
  expect(classifyAddress('::ffff:8.8.8.8')).toBe('public')
  expect(classifyAddress('64:ff9b::808:808')).toBe('public')
  expect(await pinHost('134744072', guarded)).toMatchObject({ ok: true, addresses: ['8.8.8.8'] })
})

test('allowed private addresses pass, and the places of metadata still do not', async () => {
  for (const host of [
    '127.0.0.1',
    '10.1.2.3',
    '169.254.3.4',
    '100.64.0.1',
    '::1',
    'fd12::1',
    'fe80::1%lo',
  ])
    expect(await pinHost(host, allowed)).toMatchObject({ ok: true })
  for (const host of [
    ...[
      '169.254.169.254',
      '0xa9fea9fe',
      '::ffff:169.254.169.254',
      'fd00:ec2::254',
      '168.63.129.16',
    ],
    ...[
      '100.100.100.200',
      '192.0.0.192',
      '0.0.0.0',
      '::',
      '224.0.0.1',
      '255.255.255.255',
      'ff02::1',
    ],
  ])
    expect(await pinHost(host, allowed)).toMatchObject({ ok: false })
})

test('a name is refused when one of its addresses is private, and the sentence names both', async () => {
  const resolve = () => Promise.resolve(['93.184.216.34', '10.0.0.8'])
  const pinned = await pinHost('hooks.example.org', { resolve, allowsPrivate: false })
  expect(pinned).toEqual({
    ok: false,
    why:
      'hooks.example.org resolves to 10.0.0.8, which is not a public address. If it is meant to be there, ' +
      'allow private addresses for this channel.',
  })
})

test('a name that DNS changes its mind about goes where the guard looked', async () => {
  const answers = [['93.184.216.34'], ['127.0.0.1']]
  const resolve = async () => answers.shift() ?? []
  const pinned = await pinHost('rebind.example.org', { resolve, allowsPrivate: false })
  if (!pinned.ok) throw new Error(pinned.why)
  const looked = Promise.withResolvers<unknown>()
  lookupPinned(pinned)('rebind.example.org', { all: true }, (_error, all) => looked.resolve(all))
  expect(await looked.promise).toEqual([{ address: '93.184.216.34', family: 4 }])
  const first = Promise.withResolvers<unknown>()
  lookupPinned(pinned)('rebind.example.org', {}, (_error, address) => first.resolve(address))
  expect(await first.promise).toBe('93.184.216.34')
  expect(answers).toHaveLength(1)
})

test('what is no host is refused, and names are asked for in one form', async () => {
  const asked: string[] = []
  const resolve = async (name: string) => {
    asked.push(name)
    return ['93.184.216.34']
  }
  for (const host of [
    'a b',
    'user@10.0.0.1',
    '10.0.0.1/x',
    'a#b',
    'a?b',
    '[::1',
    '',
    'a:80',
    '%31',
    '\\\\h',
  ])
    expect(await pinHost(host, { resolve, allowsPrivate: true })).toMatchObject({ ok: false })
  for (const host of ['Hooks.Example.ORG', 'hooks.example.org.', 'ｈooks.example.org'])
    await pinHost(host, { resolve, allowsPrivate: false })
  expect(asked).toEqual(['hooks.example.org', 'hooks.example.org', 'hooks.example.org'])
  // Full-width digits and other dots are digits and dots to a resolver.
  for (const host of ['１２７.０.０.１', '127。0。0。1', '①②⑦.0.0.1'])
    expect(await pinHost(host, guarded)).toMatchObject({ ok: false })
})

test('an answer of DNS that is no address, or none, is refused', async () => {
  for (const answer of [[], ['not-an-address'], ['']]) {
    const resolve = async () => answer
    expect(await pinHost('x.example.org', { resolve, allowsPrivate: true })).toMatchObject({
      ok: false,
    })
  }
})

function numberOf(octets: Octets): number {
  return octets.reduce((sum, octet) => sum * 256 + octet, 0)
}

function octetsOf(value: number): Octets {
  return [
    Math.floor(value / 2 ** 24),
    Math.floor(value / 2 ** 16) % 256,
    Math.floor(value / 256) % 256,
    value % 256,
  ]
}
