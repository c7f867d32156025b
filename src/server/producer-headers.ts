/**
 * The three producer headers: all of them, or none.
 *
 * @module
 */

import { HEADERS, PRODUCER_ID, PRODUCER_INTEGER } from '../wire/names.ts'
import { headerOf, type StreamRequest } from './exchange.ts'
import { Refusal } from './problem.ts'
import type { ProducerTuple } from './producers.ts'

/** The key of the append, or `null` when it has none. */
export function producerOf(request: StreamRequest): ProducerTuple | null {
  const id = headerOf(request, HEADERS.producerId)
  const epoch = headerOf(request, HEADERS.producerEpoch)
  const seq = headerOf(request, HEADERS.producerSeq)
  if (id === undefined && epoch === undefined && seq === undefined) return null
  if (id === undefined || epoch === undefined || seq === undefined)
    throw badProducer('The three producer headers come together.')
  if (!PRODUCER_ID.test(id)) throw badProducer('A producer id is 1 to 128 letters, digits, or . _ : @ -')
  return { id, epoch: integer(epoch), seq: integer(seq) }
}

function integer(text: string): number {
  const value = Number(text)
  if (!PRODUCER_INTEGER.test(text) || !Number.isSafeInteger(value))
    throw badProducer('A producer epoch or sequence is a whole number from 0 to 2^53 - 1, without leading zeros.')
  return value
}

function badProducer(sentence: string): Refusal {
  return new Refusal(400, 'bad_producer', sentence)
}
