/**
 * `statewire/file-outbox`: an outbox in files, for Node. What a durable connection accepted is sent, though its process is killed.
 *
 * @module
 */
export { type FileOutboxOptions, fileOutbox } from './producer/file-outbox.ts'
export type { OutboxSlot, OutboxStorage, ProducerIdentity, StoredBatch } from './producer/storage.ts'
