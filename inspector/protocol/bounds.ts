/**
 * How much of everything: an inspector must not be what breaks an app.
 *
 * @module
 */
export const bounds = {
  /** A batch on a socket, in bytes. */
  batchBytes: 1_048_576,
  /** A machine's configuration, in bytes of JSON. */
  definitionBytes: 262_144,
  /** State nodes of a machine that is drawn; larger ones are shown as a tree of text. */
  drawnStates: 400,
  /** A payload or a context as text, in characters. */
  textLength: 16_384,
  /** Tags or delayed events of one actor, transitions of one step. */
  inList: 256,
  /** What one app may tell in a second before it is sampled. */
  eventsPerSecond: 10_000,
  /** What the hub and a viewer keep of one app, in messages and in bytes. */
  ring: 20_000,
  ringBytes: 33_554_432,
  /** Apps at one hub, and actors of one app. */
  apps: 64,
  actors: 10_000,
  /** What waits for a viewer that does not read, in bytes. */
  viewerBytes: 4_194_304,
} as const
