/**
 * Every state × event cell of the connection chart: what it does, or why it does nothing.
 *
 * @module
 */
import type { ConnectionEvent } from '../../machines/connection-types.ts'
import { type Outcome, tableOf } from './chart-table.ts'

/** All events there are; the compiler holds it against the type. */
export const connectionEvents = {
  connect: 1,
  send: 1,
  pause: 1,
  resume: 1,
  retry: 1,
  close: 1,
  'link.lost': 1,
  'link.ended': 1,
  restored: 1,
  'outbox.drained': 1,
  'close.expired': 1,
  'total.expired': 1,
  'breaker.opened': 1,
  'breaker.closed': 1,
  'network.online': 1,
  'network.offline': 1,
  'page.hidden': 1,
  'page.visible': 1,
  'page.wake': 1,
} satisfies Record<ConnectionEvent['type'], 1>

/** What a person or a program says. */
const said = tableOf(`
                              connect  send   pause  resume  retry  close
connection                    v        v      pause  resume  v      v
idle                          begin    lazy   ^      ^       rest   leave
connecting                    twice    take   ^      ^       twice  end
connected                     twice    take   ^      ^       twice  end
connected.flow                twice    ^      ^      ^       twice  ^
connected.flow.flowing        twice    ^      ^      ^       twice  ^
connected.flow.paused         twice    ^      ^      ^       twice  ^
connected.flow.draining       twice    ^      ^      ^       twice  ^
connected.liveness            twice    ^      ^      ^       twice  ^
connected.liveness.unheard    twice    ^      ^      ^       twice  ^
connected.liveness.unwatched  twice    ^      ^      ^       twice  ^
connected.liveness.alive      twice    ^      ^      ^       twice  ^
connected.liveness.probing    twice    ^      ^      ^       twice  ^
connected.liveness.confirming twice    ^      ^      ^       twice  ^
reconnecting                  twice    take   ^      ^       v      end
reconnecting.waiting          twice    ^      ^      ^       dial   ^
reconnecting.offline          twice    ^      ^      ^       dial   ^
reconnecting.hidden           twice    ^      ^      ^       dial   ^
reconnecting.blocked          twice    ^      ^      ^       hint   ^
reconnecting.authorizing      twice    ^      ^      ^       twice  ^
reconnecting.dialing          twice    ^      ^      ^       twice  ^
error                         begin    rest   ^      ^       rest   leave
closed                        over     over   ^      ^       over   over
`)

/** What the link, the outbox and the long timers say. */
const heard = tableOf(`
                              link.lost  link.ended  restored  outbox.drained  close.expired  total.expired
connection                    v          v           v         v               v              v
idle                          stale      stale       stale     stale           stale          stale
connecting                    failed    stale        stale     drained         expired        tooLong
connected                     failed     done        stale     drained         expired        tooLong
connected.flow                ^          ^           stale     ^               ^              ^
connected.flow.flowing        ^          ^           stale     ^               ^              ^
connected.flow.paused         ^          ^           stale     ^               ^              ^
connected.flow.draining       ^          ^           stale     ^               ^              ^
connected.liveness            ^          ^           stale     ^               ^              ^
connected.liveness.unheard    ^          ^           stale     ^               ^              ^
connected.liveness.unwatched  ^          ^           stale     ^               ^              ^
connected.liveness.alive      ^          ^           stale     ^               ^              ^
connected.liveness.probing    ^          ^           stale     ^               ^              ^
connected.liveness.confirming ^          ^           stale     ^               ^              ^
reconnecting                  v          stale       v         drained         expired        tooLong
reconnecting.waiting          stale      stale       rearm     ^               ^              ^
reconnecting.offline          stale      stale       stale     ^               ^              ^
reconnecting.hidden           stale      stale       stale     ^               ^              ^
reconnecting.blocked          stale      stale       stale     ^               ^              ^
reconnecting.authorizing      stale      stale       stale     ^               ^              ^
reconnecting.dialing          failed     stale       stale     ^               ^              ^
error                         stale      stale       stale     stale           stale          stale
closed                        over       over        over      over            over           over
`)

/** What the pool and the surroundings say. */
const around = tableOf(`
                              breaker.opened  breaker.closed  network.online  network.offline  page.hidden  page.visible  page.wake
connection                    v               v               v               v                hint         v             v
idle                          rest            rest            rest            rest             rest         rest          rest
connecting                    hint            hint            hint            hint             hint         hint          hint
connected                     hint            hint            v               v                hint         v             v
connected.flow                hint            hint            hint            hint             hint         hint          hint
connected.flow.flowing        hint            hint            hint            hint             hint         hint          hint
connected.flow.paused         hint            hint            hint            hint             hint         hint          hint
connected.flow.draining       hint            hint            hint            hint             hint         hint          hint
connected.liveness            hint            hint            v               v                hint         v             v
connected.liveness.unheard    hint            hint            doubt           doubt            hint         look          doubt
connected.liveness.unwatched  hint            hint            doubt           doubt            hint         look          doubt
connected.liveness.alive      hint            hint            doubt           doubt            hint         look          doubt
connected.liveness.probing    hint            hint            twice           twice            hint         twice         twice
connected.liveness.confirming hint            hint            twice           twice            hint         twice         twice
reconnecting                  v               v               v               hint             hint         v             v
reconnecting.waiting          block           hint            hint            hint             hint         hint          hint
reconnecting.offline          hint            hint            dial            twice            hint         hint          hint
reconnecting.hidden           hint            hint            hint            hint             twice        dial          dial
reconnecting.blocked          twice           unblock         hint            hint             hint         hint          hint
reconnecting.authorizing      hint            hint            hint            hint             hint         hint          hint
reconnecting.dialing          hint            hint            hint            hint             hint         hint          hint
error                         rest            rest            rest            rest             rest         rest          rest
closed                        over            over            over            over             over         over          over
`)

export const connectionTables = [said, heard, around]

const dial: Outcome = ['[admitted] → reconnecting.dialing', '→ reconnecting.blocked']
const failed: Outcome = [
  '[over] → closed / endByPeer sayDone',
  '[renewable] → reconnecting.authorizing / noteFailure',
  '[retryable] → reconnecting.waiting / noteFailure',
  '→ error / noteFailure',
]
/** What the words in the tables mean. */
export const connectionOutcomes: Readonly<Record<string, Outcome>> = {
  begin: ['[admitted] → connecting / startOver startTotal', '→ reconnecting.blocked / startOver startTotal'],
  lazy: ['[lazyAdmitted] → connecting / startTotal', '[lazy] → reconnecting.blocked / startTotal', 'stays / accept'],
  take: ['stays / accept'],
  pause: ['stays / wantPause'],
  resume: ['stays / wantFlow'],
  leave: ['→ closed / endByUser'],
  end: ['[drains] stays / endByUser startDraining', '→ closed / endByUser'],
  drained: ['[closing] → closed'],
  expired: ['→ closed'],
  tooLong: ['→ error / noteTotal'],
  done: ['→ closed / endByPeer sayDone'],
  rearm: ['→ reconnecting.waiting again / startTotal'],
  doubt: ['[probeable] → connected.liveness.probing / allowDoubt'],
  look: ['[overdue] → connected.liveness.probing / allowDoubt'],
  block: ['→ reconnecting.blocked'],
  unblock: ['→ reconnecting.waiting / drawAgain'],
  dial,
  failed,
}

/** What states do by themselves. */
export const connectionOwn: Readonly<Record<string, Readonly<Record<string, Outcome>>>> = {
  connecting: { 'done dial': ['→ connected'], 'error dial': failed, 'after connectTimeout': ['stays / giveUpDialing'] },
  connected: { 'error link': ['→ error / noteFailure'], 'after stableAfter': ['stays / noteStable'] },
  'connected.flow.flowing': {
    always: ['[closing] → connected.flow.draining', '[pauseWanted] → connected.flow.paused'],
  },
  'connected.flow.paused': {
    always: ['[closing] → connected.flow.draining', '[flowWanted] → connected.flow.flowing'],
  },
  'connected.liveness.unheard': {
    always: ['[anyByteWanted] → connected.liveness.alive'],
    'after firstByteTimeout': ['[unanswered] stays / giveUpMute', '→ connected.liveness.alive'],
    'after quiet': ['[silent] → connected.liveness.probing / allowSilence', '[answered] → connected.liveness.alive'],
  },
  'connected.liveness.alive': {
    always: ['[unwatched] → connected.liveness.unwatched'],
    'after quiet': [
      '[idle] stays / giveUpIdle',
      '[silent] → connected.liveness.probing / allowSilence',
      '→ connected.liveness.alive again',
    ],
  },
  'connected.liveness.probing': {
    'after probeTimeout': ['[unanswered] → connected.liveness.confirming', '→ connected.liveness.alive'],
  },
  'connected.liveness.confirming': {
    'after probeTimeout': [
      '[overslept] → connected.liveness.confirming again',
      '[unanswered] stays / giveUpSilent',
      '→ connected.liveness.alive',
    ],
  },
  'reconnecting.waiting': {
    always: ['[drained] → closed', '[isOffline] → reconnecting.offline', '[rests] → reconnecting.hidden'],
    'after backoff': dial,
  },
  'reconnecting.offline': { 'after offlineProbe': dial },
  'reconnecting.blocked': {
    'after admission': ['[admitted] → reconnecting.dialing', '→ reconnecting.blocked again'],
  },
  'reconnecting.authorizing': { 'done authorize': dial, 'error authorize': ['→ error / noteFailure'] },
  'reconnecting.dialing': {
    'done redial': ['→ connected'],
    'error redial': failed,
    'after connectTimeout': ['stays / giveUpDialing'],
  },
  error: { always: ['[closing] → closed'] },
}
