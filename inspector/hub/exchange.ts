/**
 * Where apps and viewers meet: passes on what is told to all viewers, and what is asked to the one app it is asked of.
 *
 * @module
 */
import type { Clock } from '../../src/server/clock.ts'
import type { Asked } from '../protocol/messages.ts'
import type { AppLink, AppRoom } from './app-door.ts'
import { batchOf } from './batch.ts'
import { createRegistry, type RegisteredApp } from './registry.ts'
import type { Viewer, ViewerRoom } from './viewer-door.ts'

/** Pages that look at once. Each of them may have much waiting for it. */
const MOST_VIEWERS = 32

export interface Exchange {
  readonly apps: AppRoom
  readonly viewers: ViewerRoom
}

/** @param token - what a viewer has to show */
export function createExchange(token: string, clock: Clock): Exchange {
  const registry = createRegistry<AppLink>(clock.now)
  const viewers = new Set<Viewer>()

  function eachLink(tell: (link: AppLink) => void): void {
    for (const { presence } of registry.all()) if (presence.kind === 'here') tell(presence.link)
  }

  /** An app that nobody looked at has had nothing to say: it is asked for everything as it is now. */
  function tellWatched(link: AppLink, isFirst: boolean): void {
    link.tellWatched(viewers.size)
    if (isFirst) link.ask({ kind: 'sync' })
  }

  function replay({ outlet }: Viewer, { key, history, presence }: RegisteredApp<AppLink>): void {
    outlet.replay(key, history.replay())
    if (presence.kind === 'gone') outlet.tellGone(key)
  }

  return {
    apps: {
      now: clock.now,
      register(name, link) {
        const app = registry.register(name, link)
        if (app !== undefined) tellWatched(link, viewers.size > 0)
        return app
      },
      told(key, batch) {
        const kept = registry.keep(key, batch)
        for (const { outlet } of viewers) outlet.tell(key, batch)
        return kept
      },
      left(key) {
        registry.markGone(key)
        for (const { outlet } of viewers) outlet.tellGone(key)
      },
    },
    viewers: {
      token,
      clock,
      join(viewer) {
        if (viewers.size >= MOST_VIEWERS) return false
        viewers.add(viewer)
        for (const app of registry.all()) replay(viewer, app)
        eachLink((link) => tellWatched(link, viewers.size === 1))
        return true
      },
      asks(viewer, { app: key, asked }: Asked) {
        const app = registry.find(key)
        if (app === undefined) return
        if (asked.kind === 'sync') return replay(viewer, app)
        if (app.presence.kind === 'gone') {
          if (asked.kind === 'payload') answerNothing(viewer, key, asked.seq)
          return
        }
        const { link } = app.presence
        const question = asked.kind === 'want' ? link.wants.set(viewer, asked) : asked
        if (question !== undefined) link.ask(question)
      },
      leave(viewer) {
        if (!viewers.delete(viewer)) return
        eachLink((link) => {
          const want = link.wants.remove(viewer)
          if (want !== undefined) link.ask(want)
          link.tellWatched(viewers.size)
        })
      },
    },
  }
}

/** Who has gone has taken the contents of its events along. */
function answerNothing({ outlet }: Viewer, app: string, seq: number): void {
  outlet.tell(app, batchOf([{ kind: 'payload', seq, text: null }]))
}
