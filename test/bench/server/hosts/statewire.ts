/**
 * @module
 */
import { createStreamServer } from '../../../../src/server/index.ts'
import { STREAM } from '../dialogues.ts'
import { unlimited } from '../unlimited.ts'
import type { OpenHost } from './table.ts'

/** Ours, with its defaults; only the limits are lifted that a crowd from one address would meet. */
export async function streamServer(): Promise<OpenHost> {
  const server = createStreamServer({ allowAnonymous: true, limits: unlimited })
  const { port } = await server.listen()
  const stream = server.stream(STREAM)
  await stream.create()
  return {
    port,
    send: (texts) => stream.append(...texts.map((text): unknown => JSON.parse(text))),
  }
}
