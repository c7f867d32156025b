/**
 * An app that has nothing left to do: its process ends, however it is inspected.
 *
 * @module
 */
import { createActor, createMachine } from 'xstate'
import { attachInspector, webSocketLink } from '../../../inspector/attach/index.ts'

const actor = createActor(createMachine({ id: 'short', on: { go: {} } })).start()

if (process.argv[2] === 'refused') {
  attachInspector(actor)
  actor.send({ type: 'go' })
} else {
  const link = webSocketLink({ url: process.env.STATEWIRE_INSPECT ?? '' })
  attachInspector(actor, { link })
  // Held alive by hand until the link has told everything; from then on by nothing.
  const held = setInterval(() => {}, 1_000)
  link.listen(() => clearInterval(held))
}
