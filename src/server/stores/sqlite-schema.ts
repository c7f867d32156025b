/**
 * What is in the file.
 *
 * @module
 */

import type { DatabaseSync } from 'node:sqlite'
import { numberIn } from './sqlite-row.ts'
import { StoreError } from './store.ts'

/** Says in the header of the file whose it is: the letters `swir`. */
const APPLICATION = 0x73776972

/** Counts up with each change of the tables below. */
const VERSION = 1

// Streams have numbers, so that a record's key is two integers. Tables without rowid keep a stream's records side by
// side and in order: a page is read, and the oldest are deleted, as one range.
const TABLES = `
CREATE TABLE ledger (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  boot INTEGER NOT NULL,
  clean INTEGER NOT NULL,
  last_gen TEXT NOT NULL,
  closings INTEGER NOT NULL,
  leases INTEGER NOT NULL
) STRICT;
INSERT INTO ledger VALUES (1, 1, 1, '0', 0, 0);

CREATE TABLE streams (
  id INTEGER PRIMARY KEY,
  path TEXT NOT NULL UNIQUE,
  gen TEXT NOT NULL,
  content_type TEXT NOT NULL,
  ttl_ms ANY,
  expires_at ANY,
  owner TEXT,
  boot INTEGER NOT NULL,
  terms TEXT NOT NULL,
  earliest INTEGER NOT NULL,
  tail INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  oldest_at INTEGER,
  closing INTEGER,
  closer_id TEXT,
  closer_epoch INTEGER,
  closer_seq INTEGER,
  stream_seq TEXT,
  used_at INTEGER NOT NULL,
  sweep_at INTEGER NOT NULL,
  producers INTEGER NOT NULL,
  keys INTEGER NOT NULL
) STRICT;
CREATE INDEX streams_due ON streams (sweep_at);
CREATE INDEX streams_closed ON streams (closing) WHERE closing IS NOT NULL;

CREATE TABLE records (
  stream INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  size INTEGER NOT NULL,
  body ANY NOT NULL,
  PRIMARY KEY (stream, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE producers (
  stream INTEGER NOT NULL,
  id TEXT NOT NULL,
  principal TEXT,
  epoch INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  used_at INTEGER NOT NULL,
  PRIMARY KEY (stream, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE fingerprints (
  stream INTEGER NOT NULL,
  producer TEXT NOT NULL,
  slot INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  fingerprint TEXT NOT NULL,
  PRIMARY KEY (stream, producer, slot)
) STRICT, WITHOUT ROWID;

CREATE TABLE keys (
  stream INTEGER NOT NULL,
  slot INTEGER NOT NULL,
  key TEXT NOT NULL,
  principal TEXT,
  fingerprint TEXT,
  at INTEGER NOT NULL,
  PRIMARY KEY (stream, slot)
) STRICT, WITHOUT ROWID;
CREATE INDEX keys_by_key ON keys (stream, key);

CREATE TABLE leases (
  name TEXT PRIMARY KEY,
  owner TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE probe (only INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;

PRAGMA application_id = ${APPLICATION};
PRAGMA user_version = ${VERSION};
`

/**
 * Refuses a database that is not a store, or is one of a later time. Changes nothing.
 *
 * @throws StoreError `broken`.
 */
export function acceptSchema(database: DatabaseSync): void {
  if (isEmpty(database)) return
  if (pragma(database, 'application_id') !== APPLICATION)
    throw new StoreError('broken', 'This file is another program’s database.')
  if (pragma(database, 'user_version') > VERSION)
    throw new StoreError('broken', 'This file was written by a newer version of the store.')
}

/** Creates the tables where there are none: all of them, or after a crash in the middle none. */
export function createSchema(database: DatabaseSync): void {
  if (isEmpty(database)) database.exec(`BEGIN IMMEDIATE; ${TABLES} COMMIT;`)
}

function isEmpty(database: DatabaseSync): boolean {
  const row = database.prepare('SELECT count(*) AS count FROM sqlite_schema').get() ?? {}
  return numberIn(row, 'count') === 0
}

function pragma(database: DatabaseSync, name: 'application_id' | 'user_version'): number {
  return numberIn(database.prepare(`PRAGMA ${name}`).get() ?? {}, name)
}
