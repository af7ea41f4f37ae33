// Holds real answers against the OpenAPI document that the product itself hands out.
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { ALL_ROUTES } from '../../app/contract/all-routes.ts'
import type { Asked } from './web-world.ts'

export type DocumentChecker = {
  /** What is wrong with an answer, or null. id: the operationId. */
  readonly check: (id: string, answer: Asked) => string | null
  /** Operations of which a good answer was seen. */
  readonly seen: ReadonlySet<string>
}

/** document: parsed openapi.json. */
export function createDocumentChecker(document: object): DocumentChecker {
  const ajv = new Ajv2020({ strict: false, allErrors: false })
  addFormats.default(ajv)
  ajv.addSchema({ $id: 'https://document/', ...document })
  const seen = new Set<string>()
  const check = (id: string, answer: Asked): string | null => {
    const route = ALL_ROUTES.find((one) => one.id === id)
    if (!route) return `${id} is not declared`
    const place = route.path.replace('/api/v1', '')
    const responses = (document as Json).paths?.[place]?.[route.method.toLowerCase()]?.responses
    const declared = resolve(document, responses?.[String(answer.status)])
    if (!declared) return `${id} answered ${answer.status}, which is not declared`
    if (answer.status < 300) seen.add(id)
    if (answer.status === 204 || answer.status === 304) return answer.text === '' ? null : 'a body'
    const type = answer.headers.get('content-type')?.split(';')[0] ?? ''
    const schema = declared.content?.[type]?.schema
    if (!schema) return `${id} answered ${type}, which is not declared`
    if (!type.endsWith('json')) return null
    const pointer = schema.$ref as string | undefined
    if (pointer === undefined) return null
    if (ajv.validate({ $ref: `https://document/${pointer}` }, answer.json)) return null
    return `${id} ${answer.status}: ${ajv.errorsText()}`
  }
  return { check, seen }
}

type Json = { readonly [key: string]: Json } & { readonly $ref?: string }

function resolve(document: object, value: Json | undefined): Json | undefined {
  if (value?.$ref === undefined) return value
  const keys = value.$ref.replace('#/', '').split('/')
  return keys.reduce((at: Json | undefined, key) => at?.[key], document as Json)
}
