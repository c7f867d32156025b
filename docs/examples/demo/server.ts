/**
 * `npm start`: starts the demo and says where it is.
 *
 * @module
 */
import { parseArgs } from 'node:util'
import { startDemo } from './demo-server.ts'

const { values } = parseArgs({ options: { port: { type: 'string' } } })
const port = Number(values.port ?? process.env.PORT ?? 4400)
if (!Number.isInteger(port) || port < 0 || port > 65_515) {
  console.error('A port is a whole number from 0 to 65515.')
  process.exit(2)
}

const demo = await startDemo({ port })
console.log(`The demo is live: open ${demo.url} and cut a line. Ctrl+C stops it.`)

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    demo.close().then(
      () => process.exit(0),
      () => process.exit(1),
    )
  })
}
