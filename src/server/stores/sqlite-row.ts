/**
 * Values out of rows. A value of another type than the schema says means a damaged file: said, not passed on.
 *
 * @module
 */

import type { SQLOutputValue } from 'node:sqlite'
import { type RecordBody, StoreError } from './store.ts'

export type Row = Record<string, SQLOutputValue>

export function numberIn(row: Row, column: string): number {
  const value = row[column]
  if (typeof value !== 'number') throw unexpected(column)
  return value
}

export function textIn(row: Row, column: string): string {
  const value = row[column]
  if (typeof value !== 'string') throw unexpected(column)
  return value
}

export function numberOrNullIn(row: Row, column: string): number | null {
  return row[column] === null ? null : numberIn(row, column)
}

export function textOrNullIn(row: Row, column: string): string | null {
  return row[column] === null ? null : textIn(row, column)
}

export function bodyIn(row: Row, column: string): RecordBody {
  const value = row[column]
  if (typeof value === 'string' || value instanceof Uint8Array) return value
  throw unexpected(column)
}

function unexpected(column: string): StoreError {
  return new StoreError('broken', `The file of the store is damaged: there is no proper ${column}.`)
}
