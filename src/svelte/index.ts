/**
 * statewire for Svelte: connections as readable stores, and an action. The official binding, `@xstate/svelte`, reads the chart; the
 * manager shares and counts; what is here ties both to the life of a component or of a subscription.
 *
 * @module
 * @example
 * <script>
 *   import { messages, setTransports, webSocketStore } from 'statewire/svelte'
 *
 *   setTransports()
 *   const chat = webSocketStore({ url: '/chat' })
 *   const list = messages(chat, { limit: 50 })
 * </script>
 *
 * <p>{$chat.state}</p>
 * {#each $list as message}<p>{message.data}</p>{/each}
 */
export { type ManagerOptions, type SharedConfig, TransportManager } from '../manager/transport-manager.ts'
export type { MessagesOptions, SelectedMessagesOptions } from '../screen/message-list.ts'
export { type ConnectionHandlers, type ConnectionParameters, connection } from './action.ts'
export { getTransports, setTransports } from './context.ts'
export { type MessageSource, messages } from './messages.ts'
export {
  durableStore,
  httpStreamStore,
  longPollStore,
  type StoreConfig,
  sharedTransport,
  sseStore,
  transport,
  webSocketStore,
} from './transport.ts'
export type { ConfigSource, TransportReading, TransportStore } from './transport-store.ts'
