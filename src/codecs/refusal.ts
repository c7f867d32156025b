/**
 * What becomes of a message that cannot be decoded or does not fit its schema.
 *
 * @module
 */
import type { TransportError } from '../errors.ts'
import type { Message } from '../link.ts'

/**
 * - `error`: an `error` event says it, and the stream goes on behind it.
 * - `drop`: nothing is said, and the stream goes on behind it.
 * - `fail`: the connection comes to rest in `error`. Its position stays before the message, so that a later `connect` meets it again.
 * - a function: gets the message as it came, and the reason; then the stream goes on behind it. What it throws is an uncaught
 *   error of the app, and disturbs nothing.
 */
export type Refused = 'error' | 'drop' | 'fail' | ((message: Message, error: TransportError) => void)
