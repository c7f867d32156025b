/**
 * An app with the panel in it, as its author writes it.
 *
 * @module
 */
import { createActor, createMachine } from 'xstate'
import { defineInspector } from '../../../inspector/element/element.ts'
import { watchersOf } from './watchers.ts'

const chat = createActor(
  createMachine({
    id: 'chat',
    initial: 'offline',
    states: {
      offline: { on: { connect: 'opening' } },
      opening: { tags: ['pending'], on: { opened: 'open', failed: 'broken' } },
      open: { tags: ['online'], on: { failed: 'broken', said: {} } },
      broken: { tags: ['failed'], on: { connect: 'opening' } },
    },
  }),
).start()

const watching = watchersOf(chat)
const keys: string[] = []
addEventListener('keydown', ({ key }) => keys.push(key))

defineInspector()
const inspector = document.createElement('statewire-inspector')
inspector.actor = chat
document.body.append(inspector)
Object.assign(window, { app: { chat, keys, inspector, watching } })
