/**
 * The program that floods: so many events a second for so long, from the first line on its stdin on.
 *
 * @module
 */
import { createActor, createMachine } from 'xstate'
import { attachInspector } from '../../../inspector/attach/index.ts'

const light = createMachine({
  id: 'light',
  initial: 'red',
  states: {
    red: { tags: 'pending', on: { turn: 'green' } },
    green: { tags: 'online', on: { turn: 'red' } },
  },
})

const [, , perSecond, seconds] = process.argv
const [rate, length] = [Number(perSecond), Number(seconds)]
const actor = createActor(light, { id: 'light' }).start()
attachInspector(actor, { name: 'flood-app' })

process.stdin.once('data', () => {
  const begun = performance.now()
  let sent = 0
  const beat = setInterval(() => {
    const due = Math.min(rate * length, Math.floor(((performance.now() - begun) / 1_000) * rate))
    for (; sent < due; sent += 1) actor.send({ type: 'turn' })
    if (sent === rate * length) clearInterval(beat)
  }, 10)
})
