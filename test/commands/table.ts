/**
 * The commands: when each is possible, what it does, and in which states it may leave the connection. One row each.
 *
 * @module
 */
import { ownCommands } from './own-commands.ts'
import type { Row } from './row.ts'
import { wireCommands } from './wire-commands.ts'
import { worldCommands } from './world-commands.ts'

export const commands: readonly Row<unknown>[] = [...ownCommands, ...wireCommands, ...worldCommands]
