/**
 * A chat as a statechart of its own, with a connection inside. One exchange (a question and its answer) invokes one connection: entering
 * `answering` makes it, leaving releases it, whatever was going on. Each begins where the last one ended.
 *
 * @module
 */
import { type AnyActorRef, assign, type ErrorActorEvent, sendTo, setup } from 'xstate'
import {
  type ConnectionInput,
  type ConnectionState,
  connection,
  type DurableInput,
  durable,
  listenTo,
  type Message,
  stateOf,
  values,
} from '../../../src/durable.ts'
import { type Conversation, emptyConversation, type Piece, piece, withPieces } from '../conversation.ts'
import { ask, breakOff } from './orders.ts'

/** The connection that the chat invokes. Logic is a constant: the URL comes with each invocation. */
export const room = connection<DurableInput, Piece>(durable, { codec: values, incoming: piece })

export interface ChatInput {
  /** The room's stream: `https://host/v1/stream/rooms/42`. */
  readonly url: string
  /** Where the room takes orders: `https://host/rooms/42`. */
  readonly orders: string
  /** The options of its connections. */
  readonly connection?: ConnectionInput | undefined
}

export interface ChatContext {
  readonly input: ChatInput
  readonly conversation: Conversation
  /** Behind the last piece: where the next connection begins. */
  readonly position: string | undefined
  /** What was asked last, and what the server calls it. */
  readonly text: string
  readonly asked: string
  /** What the connection is doing; `closed` while there is none. */
  readonly line: ConnectionState
  /** Why it is in `failed`. */
  readonly trouble: string
}

export type ChatEvent =
  | { readonly type: 'submit'; readonly text: string }
  /** Breaks off the answer. */
  | { readonly type: 'cancel' }
  | { readonly type: 'retry' }
  /** Gives up an exchange that failed. */
  | { readonly type: 'dismiss' }
  | { readonly type: 'pieces'; readonly messages: readonly Message<Piece>[] }

const lineFailed = 'The connection failed.'

export const chatMachine = setup({
  types: {
    context: {} as ChatContext,
    input: {} as ChatInput,
    events: {} as ChatEvent,
    children: {} as { line: 'room' },
  },
  actors: { ask, breakOff, pieces: listenTo<Piece>((messages) => ({ type: 'pieces', messages })), room },
  actions: {
    append: assign(({ context }, messages: readonly Message<Piece>[]) => ({
      conversation: withPieces(
        context.conversation,
        messages.map(({ data }) => data),
      ),
      position: messages.at(-1)?.position ?? context.position,
    })),
    note: assign({ trouble: (_, trouble: string) => trouble }),
    see: assign({ line: (_, line: ConnectionState) => line }),
  },
  guards: {
    isText: (_, text: string) => text.trim() !== '',
    // The answer to an earlier question, which was given up, may still be on its way.
    isOver: ({ context }, messages: readonly Message<Piece>[]) =>
      messages.some(({ data: { answers, end } }) => answers === context.asked && end !== undefined),
  },
}).createMachine({
  id: 'chat',
  context: ({ input }) => ({
    input,
    conversation: emptyConversation,
    position: undefined,
    text: '',
    asked: '',
    line: 'closed',
    trouble: '',
  }),
  initial: 'composing',
  states: {
    composing: {
      on: {
        submit: {
          guard: { type: 'isText', params: ({ event }) => event.text },
          target: 'answering',
          actions: assign({ text: ({ event }) => event.text.trim() }),
        },
      },
    },
    answering: {
      exit: { type: 'see', params: 'closed' },
      invoke: {
        id: 'line',
        src: 'room',
        input: ({ context: { input, position } }) => ({ ...input.connection, url: input.url, position }),
        onSnapshot: [
          {
            // Of a connection that gave up: one that tries again is no failure of the chat.
            guard: ({ event }) => stateOf(event.snapshot) === 'error',
            target: '.failed.halfway',
            actions: [
              { type: 'see', params: 'error' },
              { type: 'note', params: ({ event }) => event.snapshot.context.failure?.message ?? lineFailed },
            ],
          },
          { actions: { type: 'see', params: ({ event }) => stateOf(event.snapshot) } },
        ],
        // The stream came to its own end: nothing more will be said here.
        onDone: 'composing',
        onError: 'composing',
      },
      initial: 'asking',
      states: {
        asking: {
          invoke: {
            src: 'ask',
            input: ({ context: { input, text } }) => ({ orders: input.orders, text }),
            onDone: { target: 'streaming', actions: assign({ asked: ({ event }) => event.output.id }) },
            onError: {
              target: 'failed.unasked',
              actions: { type: 'note', params: ({ event }) => reasonOf(event) },
            },
          },
        },
        streaming: {
          // The connection is idle until somebody listens, so that nothing is said to an empty room.
          entry: sendTo('line', { type: 'connect' }),
          invoke: { src: 'pieces', input: ({ self }) => lineOf(self) },
          on: {
            pieces: [
              {
                guard: { type: 'isOver', params: ({ event }) => event.messages },
                target: '#chat.composing',
                actions: { type: 'append', params: ({ event }) => event.messages },
              },
              { actions: { type: 'append', params: ({ event }) => event.messages } },
            ],
          },
          initial: 'hearing',
          states: {
            hearing: { on: { cancel: 'cancelling' } },
            // The end is still to be heard: what was said before it belongs to the answer.
            cancelling: {
              invoke: {
                src: 'breakOff',
                input: ({ context }) => ({ orders: context.input.orders }),
                onError: 'hearing',
              },
            },
          },
        },
        failed: {
          on: { dismiss: '#chat.composing' },
          initial: 'unasked',
          states: {
            /** The server does not have the question. */
            unasked: { on: { retry: '#chat.answering.asking' } },
            /** It has, and the answer goes on where it stopped. */
            halfway: { on: { retry: '#chat.answering.streaming' } },
          },
        },
      },
    },
  },
})

function reasonOf({ error }: Pick<ErrorActorEvent, 'error'>): string {
  return error instanceof Error ? error.message : String(error)
}

/** The connection of this exchange. It is invoked with `answering`, a step before anybody listens. */
function lineOf(chat: AnyActorRef): AnyActorRef {
  const { line } = chat.getSnapshot().children
  if (line === undefined) throw new Error('Only an exchange has a connection.')
  return line
}
