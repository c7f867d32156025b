/**
 * What `node --test` is given with `--import`.
 *
 * @module
 */
import { coverMachines } from '../../../src/coverage/node.ts'

coverMachines()
