/**
 * The program behind `--app` of the walk: one connection, told to go on over stdin. It waits ten minutes after a cut, so that a
 * wait can be looked at however slow the machine is.
 *
 * @module
 */
import { createActor } from 'xstate'
import { attachInspector } from '../../../inspector/attach/index.ts'
import { sseConnection } from '../../../src/sse.ts'

const [, , url = ''] = process.argv
const patience = { base: 1_200_000, cap: 1_200_000 }
const input = { url, backoff: patience, random: () => 0.5 }
const chat = createActor(sseConnection, { id: 'chat', input }).start()
attachInspector(chat, { name: 'node-app' })
chat.send({ type: 'connect' })
process.stdin.on('data', () => chat.send({ type: 'retry' }))
