/**
 * One process of a test run: it makes as many short-lived actors as it is told to, and stays until it is asked to go.
 *
 * @module
 */
import { createActor } from 'xstate'
import { coverMachines } from '../../../inspector/testing/cover-machines.ts'
import { retrying } from '../session/machines.ts'

const { save } = coverMachines()
const count = Number(process.argv[2])
for (let made = 0; made < count; made++) {
  const actor = createActor(retrying).start()
  actor.send({ type: 'go' })
  if (made === 0) save()
  actor.stop()
}
// Until it is asked to go; nothing else holds it.
process.on('message', () => process.disconnect())
