/**
 * An app with the panel in it, as its author writes it.
 *
 * @module
 */
import { createActor, createMachine } from 'xstate'
import { defineInspector } from '../../../inspector/element/element.ts'

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

/** Who hears of every event of the system. */
const watching = new Set<unknown>()
const { inspect } = chat.system
chat.system.inspect = (observer) => {
  const { unsubscribe } = inspect(observer)
  watching.add(observer)
  return {
    unsubscribe() {
      watching.delete(observer)
      unsubscribe()
    },
  }
}

const keys: string[] = []
addEventListener('keydown', ({ key }) => keys.push(key))

defineInspector()
const inspector = document.createElement('statewire-inspector')
inspector.actor = chat
document.body.append(inspector)
Object.assign(window, { app: { chat, keys, inspector, watching } })
