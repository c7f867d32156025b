'use client'
export type { MessagesOptions, SelectedMessagesOptions } from '../screen/message-list.ts'
/**
 * statewire for React 18 and 19: shared, supervised connections as hooks.
 *
 * Everything here runs in Client Components. The directive above marks that boundary for Server Components; what it exports is
 * named one by one, because a boundary cannot be marked around `export *`.
 *
 * @module
 */
export { useDurable, useHTTPStream, useSSE, useWebSocket } from './protocols.ts'
export { TransportProvider, type TransportProviderProps, useTransportManager } from './provider.ts'
export { useMessages } from './use-messages.ts'
export { type MessageSource, type UsedTransport, type UseTransportConfig, useTransport } from './use-transport.ts'
