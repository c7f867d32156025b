/**
 * A Vue application on a page of its own, over the real rig.
 *
 * @module
 */

import { expect, inject, onTestFinished } from 'vitest'
import { type App, type Component, createApp, createSSRApp } from 'vue'
import type { ManagerOptions, TransportManager } from '../../src/manager/transport-manager.ts'
import { transportPlugin } from '../../src/vue/index.ts'
import { openRoom, type RoomClient, roomName } from '../rigs/room-client.ts'

/** A room, and a promise that the test leaves no socket in it. */
export function newRoom(): RoomClient {
  const room = openRoom(inject('rigUrl'), inject('rigOtherUrl'), roomName())
  onTestFinished(async () => void (await room.until(({ open }) => open.length === 0)))
  return room
}

export interface Mounted {
  readonly app: App
  readonly page: HTMLElement
  /** What Vue complained of, and what it caught. */
  readonly complaints: unknown[]
  unmount(): void
}

export interface MountOptions {
  readonly manager?: TransportManager | ManagerOptions | undefined
  /** What a server rendered, to be hydrated. */
  readonly html?: string | undefined
  readonly plugins?: readonly Parameters<App['use']>[0][] | undefined
}

/** Lingers for a moment only, so that a test need not wait to see a socket go. */
export const brief: ManagerOptions = { linger: 20 }

/** Mounts, and unmounts when the test has not done so. */
export function mount(root: Component, { html, manager = brief, plugins = [] }: MountOptions = {}): Mounted {
  const page = document.body.appendChild(document.createElement('main'))
  if (html !== undefined) page.innerHTML = html
  const app = html === undefined ? createApp(root) : createSSRApp(root)
  const complaints: unknown[] = []
  app.config.errorHandler = (error) => complaints.push(error)
  app.config.warnHandler = (warning) => complaints.push(warning)
  for (const plugin of plugins) app.use(plugin)
  app.use(transportPlugin(manager))
  app.mount(page)
  let mounted = true
  const unmount = (): void => {
    if (mounted) app.unmount()
    mounted = false
    page.remove()
  }
  onTestFinished(unmount)
  return { app, page, complaints, unmount }
}

/** How many sockets the server holds open for this room. */
export async function openIn(room: RoomClient): Promise<number> {
  return (await room.until(() => true)).open.length
}

export const one = ({ open }: { readonly open: readonly unknown[] }): boolean => open.length === 1
export const none = ({ open }: { readonly open: readonly unknown[] }): boolean => open.length === 0

/** A promise, and what settles it. */
export function later<Value = void>(): { readonly promise: Promise<Value>; resolve(value: Value): void } {
  let resolve: (value: Value) => void = () => {}
  const promise = new Promise<Value>((settle) => {
    resolve = settle
  })
  return { promise, resolve: (value) => resolve(value) }
}

/** `expect.poll` with the patience of a machine that does a lot at once. */
export function soon<Value>(read: () => Value) {
  return expect.poll(read, { timeout: 30_000, interval: 10 })
}
