// Certificates for servers of tests: an authority, what it issues, and bad ones. Made in memory, so that no tool of the
// system is needed and none expires.
import { generateKeyPair, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import forge from 'node-forge'

const DAY_MS = 86_400_000

/** PEM. */
export type ServerIdentity = { readonly key: string; readonly cert: string }

export type IdentityOptions = {
  /** DNS names or IPv4 addresses; localhost and 127.0.0.1 when left out. */
  readonly names?: readonly string[]
  readonly notBefore?: Date
  readonly notAfter?: Date
}

export type Authority = {
  /** PEM: what a client has to trust. */
  readonly ca: string
  readonly issue: (options?: IdentityOptions) => ServerIdentity
  /** Signed by nobody but itself. */
  readonly selfSign: (options?: IdentityOptions) => ServerIdentity
}

/** All its servers share one key, because making keys takes longest. */
export async function makeAuthority(): Promise<Authority> {
  const [keys, leaf] = await Promise.all([makeKeys(), makeKeys()])
  const name = nameOf('Test CA')
  const root = draft({}, keys, name)
  root.setIssuer(name)
  root.setExtensions([
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, critical: true },
  ])
  const server = nameOf('test server')
  return {
    ca: identity(root, keys, keys).cert,
    issue: (options = {}) => {
      const cert = draft(options, leaf, server)
      cert.setIssuer(name)
      return identity(cert, leaf, keys)
    },
    selfSign: (options = {}) => {
      const cert = draft(options, leaf, server)
      cert.setIssuer(server)
      return identity(cert, leaf, leaf)
    },
  }
}

type Keys = forge.pki.rsa.KeyPair
type Name = forge.pki.CertificateField[]

const nameOf = (value: string): Name => [{ name: 'commonName', value }]

function draft(options: IdentityOptions, keys: Keys, subject: Name): forge.pki.Certificate {
  const { names = ['localhost', '127.0.0.1'], notBefore, notAfter } = options
  const cert = forge.pki.createCertificate()
  cert.publicKey = keys.publicKey
  // Positive, as RFC 5280 wants it.
  cert.serialNumber = `01${randomBytes(8).toString('hex')}`
  cert.validity.notBefore = notBefore ?? new Date(Date.now() - 30 * DAY_MS)
  cert.validity.notAfter = notAfter ?? new Date(Date.now() + 30 * DAY_MS)
  cert.setSubject(subject)
  // 7: an address; 2: a DNS name (RFC 5280, 4.2.1.6).
  const altNames = names.map((name) =>
    /^[\d.]+$/.test(name) ? { type: 7, ip: name } : { type: 2, value: name },
  )
  cert.setExtensions([{ name: 'subjectAltName', altNames }])
  return cert
}

function identity(cert: forge.pki.Certificate, own: Keys, signing: Keys): ServerIdentity {
  cert.sign(signing.privateKey, forge.md.sha256.create())
  return {
    key: forge.pki.privateKeyToPem(own.privateKey),
    cert: forge.pki.certificateToPem(cert),
  }
}

async function makeKeys(): Promise<Keys> {
  const pair = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  })
  return {
    publicKey: forge.pki.publicKeyFromPem(pair.publicKey),
    privateKey: forge.pki.privateKeyFromPem(pair.privateKey),
  }
}
