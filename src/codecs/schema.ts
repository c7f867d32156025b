/**
 * Codec and Standard Schema (standardschema.dev, version 1) joined into the two functions the data plane calls per message.
 *
 * @module
 */
import { TransportError } from '../errors.ts'
import type { Codec } from './codec.ts'

/** The part of Standard Schema version 1 that is used here: zod, zod/mini, valibot, arktype and others carry it. */
export interface Schema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>
    readonly types?: { readonly input: Input; readonly output: Output } | undefined
  }
}

export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string; readonly path?: readonly unknown[] | undefined }[] }

/**
 * One direction of a translation. What it throws (or rejects with) need not be a `TransportError`: whoever calls it per message
 * has a `try` already, and names the failure there.
 */
export type Translate = (data: unknown, isWanted?: () => boolean) => unknown

/** Decode, then validate. Without a schema it is the codec's own function: nothing is paid for what is not there. */
export function incoming(codec: Codec, schema: Schema | undefined): Translate {
  const { decode } = codec
  if (schema === undefined) return decode
  return (data, isWanted) => then(decode(data, isWanted), (value) => validate(schema, value, 'A received message'))
}

/** Validate, then encode. */
export function outgoing(codec: Codec, schema: Schema | undefined): Translate {
  const { encode } = codec
  if (schema === undefined) return encode
  return (value) => then(validate(schema, value, 'The value to send'), encode)
}

function validate(schema: Schema, value: unknown, what: string): unknown {
  return then(schema['~standard'].validate(value), (result) => accepted(result as SchemaResult<unknown>, what))
}

function accepted(result: SchemaResult<unknown>, what: string): unknown {
  if (result.issues === undefined) return result.value
  // Neither what is wrong nor where: an issue may quote the value, and its path holds keys, which may be data as well.
  const { issues } = result
  const count = issues.length === 1 ? 'one issue' : `${issues.length} issues`
  throw new TransportError('schema_refused', `${what} does not fit its schema: ${count}, named in the cause.`, {
    cause: issues,
  })
}

/** Goes on with a value now, or with a promise's value later; a promise is paid for only where there is one. */
function then(value: unknown, next: Translate): unknown {
  return value instanceof Promise ? value.then(next) : next(value)
}
