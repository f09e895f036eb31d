import fc, { type Arbitrary } from 'fast-check'

/** As much of JSON Schema as /openapi.json uses. */
export interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | Schema
  readonly items?: Schema
  readonly pattern?: string
  readonly format?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
}

/** What a property of that name may hold instead: addresses must not lead anywhere. */
export type Fixed = Readonly<Record<string, readonly unknown[]>>

export interface Values {
  readonly schemas: Readonly<Record<string, Schema>>
  readonly fixed: Fixed
}

/** Values that a schema allows, small and odd ones first. */
export function valuesOf(schema: Schema, values: Values, name = '', depth = 0): Arbitrary<unknown> {
  const fixed = values.fixed[name]
  if (fixed !== undefined) return fc.constantFrom(...fixed)
  if (schema.$ref !== undefined) {
    const target = values.schemas[schema.$ref.split('/').at(-1) ?? '']
    if (target === undefined) throw new Error(`${schema.$ref} is nowhere`)
    return valuesOf(target, values, name, depth + 1)
  }
  if (schema.const !== undefined) return fc.constant(schema.const)
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
  const choices = schema.anyOf ?? schema.oneOf
  if (choices !== undefined)
    return fc.oneof(...choices.map((choice) => valuesOf(choice, values, name, depth + 1)))
  if (schema.allOf !== undefined)
    return fc
      .tuple(...schema.allOf.map((part) => valuesOf(part, values, name, depth + 1)))
      .map((parts) => Object.assign({}, ...parts.filter((part) => typeof part === 'object')))
  const types = [schema.type ?? 'object'].flat()
  return fc.oneof(...types.map((type) => ofType(type, schema, values, depth)))
}

function ofType(type: string, schema: Schema, values: Values, depth: number): Arbitrary<unknown> {
  switch (type) {
    case 'string':
      return text(schema)
    case 'integer':
    case 'number': {
      const min = schema.minimum ?? (schema.exclusiveMinimum ?? -1) + 1
      const max = schema.maximum ?? 2 ** 40
      return fc.oneof(fc.constantFrom(min, max), fc.integer({ min, max: Math.min(max, min + 1000) }))
    }
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'array':
      return fc.array(valuesOf(schema.items ?? {}, values, '', depth + 1), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.max(schema.minItems ?? 0, depth > 4 ? 0 : 2),
      })
    default:
      return object(schema, values, depth)
  }
}

function object(schema: Schema, values: Values, depth: number): Arbitrary<unknown> {
  const properties = Object.entries(schema.properties ?? {})
  const required = schema.required ?? []
  const model = Object.fromEntries(
    properties.map(([name, property]) => [name, valuesOf(property, values, name, depth + 1)]),
  )
  return fc.record(model, { requiredKeys: required.filter((name) => name in model) })
}

function text({ pattern, format, minLength = 0, maxLength = 1000 }: Schema): Arbitrary<string> {
  if (format === 'email') return fc.emailAddress()
  if (format === 'uri') return fc.constant('http://127.0.0.1:9/nothing')
  if (pattern !== undefined) {
    try {
      return fc.stringMatching(new RegExp(pattern))
    } catch {
      return fc.string({ minLength, maxLength: Math.max(minLength, 30) })
    }
  }
  const longest = Math.max(minLength, Math.min(maxLength, 40))
  return fc.oneof(
    fc.string({ minLength, maxLength: longest }),
    fc.string({ minLength, maxLength: longest, unit: 'binary' }),
    fc.constant('x'.repeat(Math.min(maxLength, 5_000))),
  )
}

/** Ways to make a value wrong, one at a time. */
export function spoiled(value: unknown): Arbitrary<unknown> {
  const odd = fc.constantFrom<unknown>(
    null,
    [],
    {},
    -1,
    1e308,
    '',
    'a\u0000b',
    '\ud800',
    '\u202e\u200b\ufeff',
    'x'.repeat(100_000),
    "'; drop table tasks; --",
    '../../../etc/passwd',
    { __proto__: null, constructor: { prototype: {} } },
  )
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return odd
  const keys = Object.keys(value)
  if (keys.length === 0)
    return fc.oneof(
      odd,
      odd.map((more) => ({ surplus: more })),
    )
  return fc.oneof(
    odd,
    fc.tuple(fc.constantFrom(...keys), odd).map(([key, wrong]) => ({ ...value, [key]: wrong })),
    fc
      .constantFrom(...keys)
      .map((key) => Object.fromEntries(Object.entries(value).filter(([name]) => name !== key))),
    odd.map((more) => ({ ...value, surplus: more })),
  )
}
