/**
 * A process that listens and prints its port: to be started with few file descriptors.
 *
 * @module
 */

import { listen } from '../../listener.ts'

const { address } = await listen(
  {
    request: (_request, response) => void response.end('here'),
    upgrade: (_request, socket) => void socket.destroy(),
    failed: (error) => void process.stderr.write(`${error.message}\n`),
  },
  {},
)

process.stdout.write(`port ${address.port}\n`)
