/**
 * statewire for Vue: connections as composables, over `@xstate/vue`.
 *
 * @module
 * @example
 * // main.ts
 * createApp(App).use(transportPlugin()).mount('#app')
 * // App.vue, <script setup>
 * const chat = useSSE({ url: '/v1/stream/rooms/42' })
 * const messages = useMessages(chat)
 */

export type { MessagesOptions, SelectedMessagesOptions } from '../screen/message-list.ts'
export { useDurable, useHTTPStream, useSSE, useWebSocket } from './by-protocol.ts'
export { provideTransports, transportPlugin, useTransportManager } from './provide.ts'
export { type MessageSource, useMessages } from './use-messages.ts'
export { type ReactiveTransport, type UseTransportOptions, useTransport } from './use-transport.ts'
