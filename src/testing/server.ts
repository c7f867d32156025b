/**
 * `statewire/testing/server`: a scripted server on a real socket, for Node.
 *
 * @module
 */
export type { AcceptOptions, CutOptions, Exchange } from './exchange.ts'
export { type FrameParts, type Item, type ServerSentEvent, webSocketFrame } from './frames.ts'
export type { AnswerHead, BodyFormat, HeaderFields, WholeAnswer } from './http-answer.ts'
export { peerOf } from './peer.ts'
export type { Ended, Fault, Origin } from './pipe.ts'
export {
  type AcceptStep,
  accept,
  cutAt,
  drop,
  duplicated,
  type Ending,
  hang,
  page,
  type Refusal,
  raw,
  redirect,
  refuse,
  respond,
  type Step,
  slow,
  split,
  stallAt,
  swapped,
  vanishAt,
} from './script.ts'
export { type Match, type ScriptedServer, type ScriptedServerOptions, scriptedServer } from './scripted-server.ts'
