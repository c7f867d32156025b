/**
 * Which fault of wire.md section 5 runs on which transport, with which driver, and why a cell is empty. Faults that are not here
 * concern the server, a store or the outbox, and stand in their own suites.
 *
 * @module
 */
import * as application from './cases/application.ts'
import * as cutting from './cases/cutting.ts'
import { attackedMessages } from './cases/encrypted.ts'
import * as limits from './cases/limits.ts'
import * as network from './cases/network.ts'
import * as redirects from './cases/redirects.ts'
import * as refusals from './cases/refusals.ts'
import * as silence from './cases/silence.ts'
import * as surroundings from './cases/surroundings.ts'
import { cells, fault } from './fault.ts'
import type { RowName } from './row.ts'

const sockets: readonly RowName[] = ['websocket', 'durable websocket']
const polls: readonly RowName[] = ['long-poll', 'durable long-poll']
const durables: readonly RowName[] = ['durable sse', 'durable ndjson', 'durable long-poll', 'durable websocket']
const http: readonly RowName[] = [
  'sse',
  'http-stream',
  'long-poll',
  'durable sse',
  'durable ndjson',
  'durable long-poll',
]

const noBeatInPoll = 'a held poll has no heartbeat: its answer is the sign of life, which F04 covers'
const onlySockets = cells(http, 'there is no handshake of a WebSocket')
const onlyHttp = cells(sockets, 'a handshake is never redirected: the cell of redirected handshakes')

export const resets = [fault('F01', 'a reset at every byte costs nothing', cutting.resetAtEveryByte)]

export const cuts = [
  fault('F02', 'an early end at every byte is never the end of the stream', cutting.finishAtEveryByte),
  fault('F02', 'several answers in a row, cut anywhere in pieces of any size, cost nothing', cutting.randomCuts),
  fault('F05', 'a byte every 10 ms makes the same log', cutting.bytesEvery10Milliseconds),
  fault('F08', 'characters split anywhere are joined', cutting.splitEverywhere),
  fault(
    'F08',
    'a character torn by the end is read again',
    cutting.tornCharacters,
    cells(sockets, 'a frame that is not whole is never decoded; F01 and F02 tear every byte of it'),
  ),
]

export const silences = [
  fault('F03', 'a pulled cable is noticed within 10 s', silence.vanishes),
  fault('F04', 'a pause shorter than the patience changes nothing', silence.shortStall),
  fault('F04', 'after a longer one it resumes once, and what comes late is ignored', silence.longStall),
  fault('F06', 'a head that drips for ever is given up after 10 s', silence.dripsTheHead),
  fault('F10', 'heartbeats keep a proxy from killing what is idle', silence.idleKiller, cells(polls, noBeatInPoll)),
  fault(
    'F11',
    'a proxy that kills every 30 s is survived for ever, without growing pauses',
    silence.killedEvery30Seconds,
  ),
]

export const surroundingFaults = [
  fault('F21', 'a dead link is found within 3 s of a wake after 2 h of sleep', surroundings.wokenUp),
  fault('F21', 'without a word about the sleep, a dead link is found as usual, once', surroundings.overslept),
  fault('F21', 'a link that lived through the sleep is kept', surroundings.sleptWell, cells(polls, noBeatInPoll)),
  fault('F21', 'an hour of throttled timers raises no false alarm', surroundings.throttled, cells(polls, noBeatInPoll)),
  fault('F23', 'a network that flaps ten times a second leaves one live socket', surroundings.flapping),
  fault(
    'F24',
    'a network that changed in a pause is doubted, and a dead link found in 3 s',
    surroundings.networkChangedLate,
  ),
  fault(
    'F24',
    'a network that changed is doubted, and a dead link found in 3 s, or at the next sign of life',
    surroundings.networkChanged,
  ),
]

/** By themselves: the wall clock is the same for all. */
export const wallClockFaults = [fault('F22', 'a wall clock that is set moves no timer', surroundings.wallClockSteps)]

export const refusalFaults = [
  fault('F13', 'pages of a proxy in trouble are waited out and never read', refusals.proxyPages),
  fault('F13', 'five minutes of refusals stay within the budget', refusals.refusedForFiveMinutes),
  fault('F14', 'a captive portal is an error at first, and passes in mid-life', refusals.captivePortal),
  fault('F15', 'no content is the end', refusals.noContent, {
    ...cells(polls, 'a 204 is an empty page'),
    ...cells(sockets, 'a handshake is answered by 101 or refused'),
    'durable sse': 'a durable stream ends by its control event only',
    'durable ndjson': 'a durable stream ends by its control line only',
  }),
  fault('F16', 'an expired credential is renewed once', refusals.unauthorized),
  fault('F16', 'streams that are refused together share one renewal', refusals.sharedRenewal),
  fault('F18', 'Retry-After is a floor, at most ten minutes', refusals.retryAfter),
  fault('F19', 'redirects are followed five times at most', redirects.redirects, onlyHttp),
  fault('F19', 'another origin is fine without credentials', redirects.redirectsElsewhere, onlyHttp),
  fault('F19', 'https never becomes http', redirects.redirectsToPlain, onlyHttp),
  fault('F19', 'a redirected handshake is refused', redirects.redirectedHandshake, onlySockets),
  fault('B64', 'wishes for a pause are capped, and nonsense is ignored', refusals.wishedPauses, {
    ...cells([...sockets, ...polls, 'http-stream', 'durable ndjson'], 'only event streams can wish for a pause'),
    'durable sse': 'spread by drainInMs; its retry: is for native EventSources and ignored',
  }),
  fault('B65', 'a credential never reaches another origin', redirects.credentialsStay, onlyHttp),
]

export const networkFaults = [
  fault('F20', 'an unknown name and a closed port are tried again', network.unreachable),
  fault('F20', 'a wrong certificate is said to be one, and tried again', network.wrongCertificate),
  fault('F49', 'another protocol is a typed error within 10 s', network.wrongServers),
  fault('F49', 'TLS where there is none, and none where there is, are typed errors', network.wrongSecurity),
  fault('F49', 'a web server is no WebSocket server', network.webServerInstead, onlySockets),
  fault('F49', 'an echo is no stream server', network.socketEcho, {
    ...onlySockets,
    websocket: 'a raw WebSocket may well echo',
  }),
]

export const limitFaults = [
  fault('F41', 'a message that is too long is refused, after those before it', limits.oversize),
  fault('F42', 'a compression bomb is not inflated', limits.httpBomb, {
    websocket: limits.socketBomb,
    'durable websocket': 'it never offers compression',
  }),
  fault('B63', 'two gibibytes without an end are given up at the limit', limits.endless),
]

export const applicationFaults = [
  fault('F47', 'a listener that throws is reported and disturbs nothing', application.throwingListener),
  fault('F47', 'a slow iterator holds back and misses nothing', application.slowIterator),
  fault('F47', 'a loop that gives up sets the flow free', application.brokenIterator),
  fault('F48', 'close works in every state, twice, and is the end', application.closedEverywhere),
  fault('F48', 'stop works in every state, twice, and is the end', application.stoppedEverywhere),
  fault(
    'B66',
    'a tampered, swapped or unknown token is an error event, and the stream goes on',
    attackedMessages,
    cells(durables, 'the codec stands above the dial: the plain rows show it'),
  ),
]

export const faults = [
  ...resets,
  ...cuts,
  ...silences,
  ...surroundingFaults,
  ...wallClockFaults,
  ...refusalFaults,
  ...networkFaults,
  ...limitFaults,
  ...applicationFaults,
]
