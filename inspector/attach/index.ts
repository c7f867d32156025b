/**
 * `statewire/inspector`: shows what the actors of an app do, to a page on your own machine.
 *
 * @module
 */
export { type Attachable, type AttachOptions, attachInspector } from './attach.ts'
export { broadcastLink, inspectorChannel } from './broadcast-link.ts'
export type { AppEnvelope, AskedEnvelope, PresenceEnvelope } from './envelope.ts'
export type { InspectorLink } from './link.ts'
export { type MemoryLink, type MemoryViewer, memoryLink } from './memory-link.ts'
export { type MessageTarget, postMessageLink } from './post-message-link.ts'
export type { Rule } from './redact-rules.ts'
export { type WebSocketLinkOptions, webSocketLink } from './web-socket-link.ts'
