/**
 * `statewire/encrypted`: end-to-end encryption as a codec. Servers and proxies between the ends see ciphertext only.
 * Needs the optional peer `jose`; who does not import this entry pays nothing for it.
 *
 * @module
 */
export type { Channels, EncryptedOptions, ReplayOptions } from './encrypted/codec.ts'
export { encrypted } from './encrypted/codec.ts'
export { importKey, type SecretJwk } from './encrypted/import-key.ts'
export { type KeyRing, type KeySource, keyRing } from './encrypted/key-ring.ts'
export type { SequenceGap } from './encrypted/senders.ts'
