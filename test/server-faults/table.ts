/**
 * Which fault of wire.md section 5 is played where. Those that are not here stand in other suites: F06 among the bad inputs, F43
 * and F44 in the herd, those of the client alone in `test/faults`.
 *
 * @module
 */
import * as appendCases from './cases/appends.ts'
import * as between from './cases/between.ts'
import * as bytesCases from './cases/bytes.ts'
import * as clockCases from './cases/clocks.ts'
import * as leaving from './cases/leaving.ts'
import * as history from './cases/lost-history.ts'
import * as processCases from './cases/processes.ts'
import * as scarcity from './cases/scarcity.ts'
import * as slow from './cases/slow-readers.ts'
import { played, whileReading } from './fault.ts'

export const bytes = [
  whileReading('F05', 'a byte every 10 ms makes the same log', bytesCases.byteByByte),
  played('F05', 'only uploads have to keep up a rate', {
    HTTP: bytesCases.uploadByteByByte,
    WebSocket: bytesCases.frameByteByByte,
  }),
  whileReading('F08', 'characters split anywhere are joined', bytesCases.splitEverywhere),
  played('F08', 'characters of uploads split anywhere are joined', {
    HTTP: bytesCases.splitUploads,
    WebSocket: bytesCases.splitFrames,
  }),
  played('F08', 'an upload that ends within a character is refused whole', {
    HTTP: bytesCases.tornUploads,
    WebSocket: bytesCases.tornFrames,
  }),
]

const polled = 'each answer is a page: the server holds nothing open that could lag'

export const slowReaders = [
  whileReading('F07', 'who does not read for 15 s is caught up without loss', slow.shortStall, {
    'long-poll': polled,
  }),
  whileReading('F07', 'who does not read for 25 s is cut off, and resumes without loss', slow.longStall, {
    'long-poll': polled,
  }),
  played('F07', 'pages that nobody takes are given up', { HTTP: slow.untakenPages }),
  whileReading('F45', 'nobody is lost to a server that was blocked for 5 s', slow.blockedFor5Seconds),
  whileReading('F45', 'nobody is lost to a server that was blocked for 30 s', slow.blockedFor30Seconds),
  played('F45', 'signs of life come late and once', { 'every transport': slow.lateHeartbeats }),
  whileReading('F45', 'who lagged when the server was blocked is not cut off for it', slow.blockedWhileClogged, {
    'long-poll': polled,
  }),
  played('F45', 'what was said while the server was blocked is heard', {
    HTTP: slow.blockedDuringAnUpload,
    WebSocket: slow.blockedBeforeTheGreeting,
  }),
]

export const leavers = [
  played('F48', 'who leaves while being let in leaves nothing behind', {
    'long-poll': () => leaving.whileBeingLetIn('?offset=now&live=long-poll'),
    websocket: leaving.beforeTheHandshake,
  }),
  played('F48', 'who leaves while being let in leaves nothing behind', {
    sse: () => leaving.whileBeingLetIn('?offset=now&live=sse'),
    ndjson: () => leaving.whileBeingLetIn('?offset=now&live=ndjson'),
  }),
]

export const lostHistory = [
  whileReading('F39', 'history trimmed while away is said with its count', history.trimmedWhileAway),
  whileReading('F39', 'behind history trimmed while away it goes on', history.restartedWhenTrimmed),
  whileReading('F39', 'history trimmed while it is read is said with its count', history.trimmedWhileReading),
  whileReading('F40', 'a stream created anew while away is another one', history.recreatedWhileAway),
  whileReading('F40', 'a stream created anew while it is read is another one', history.recreatedWhileReading),
  whileReading('§3.4', 'a trim that overtakes a page is said with its count', history.trimmedBeforeThePage),
  whileReading('§3.4', 'a trim behind a page that is on its way leaves it whole', history.trimmedBehindThePage),
]

export const appends = [
  played('F31', 'an append whose acknowledgement was cut off is there once', {
    HTTP: appendCases.cutHttp,
    WebSocket: appendCases.cutSocket,
  }),
  played('F46', 'a full device refuses appends and nothing else, and recovers', {
    'every transport': appendCases.fullDevice,
  }),
  played('F46', 'a store that does not answer delays appends and nothing else', {
    'every transport': appendCases.absentStore,
  }),
  played('F46', 'memory at its limit refuses appends and nothing else, and recovers', {
    'every transport': appendCases.fullMemory,
  }),
  played('§3.4', 'closed streams make room, oldest first, and no open one does', {
    memory: appendCases.closedMakeRoom,
  }),
]

export const replacements = [
  played('F28', 'a server is replaced under a hundred readers, and nothing is lost or doubled', {
    'every transport': processCases.replaced,
  }),
]

export const kills = [
  played('F29', 'a server is killed under its producers, and nothing is lost or doubled', {
    'every transport': processCases.killed,
  }),
]

export const scarcities = [
  played('F45', 'a process that stood still for 8 s has lost nobody', { 'every transport': scarcity.blockedForReal }),
  played('F46', 'without file descriptors newcomers are turned away, and nobody else', {
    'every transport': scarcity.noDescriptors,
  }),
  played('F46', 'a file that may not grow refuses appends and nothing else, and recovers', {
    'every transport': scarcity.noRoom,
  }),
]

export const versions = [
  whileReading('F12', 'other chunks and other letter case change nothing', between.rewrapped),
  whileReading('F12', 'without headers it is said that this is no stream server', between.stripped, {
    sse: 'an event stream tells its positions in its events',
  }),
  played('F12', 'an event stream needs no headers', { sse: between.strippedEvents }),
  whileReading('F50', 'what a later server says besides is ignored', between.laterServer),
  played('F50', 'what a later client says besides is ignored', { HTTP: between.laterRequests }),
  played('F50', 'an unknown field is named, and the connection goes on', { WebSocket: between.laterFields }),
  played('F50', 'an unknown frame is said to be one', { WebSocket: between.laterFrames }),
  played('F50', 'another major version is turned away', { WebSocket: between.laterVersion }),
]

export const clocks = [
  played('§3.4', 'a generation is younger than the one before it, on a clock that was set back', {
    memory: clockCases.memorySetBack,
    file: clockCases.fileSetBack,
  }),
  played('§3.4', 'the wall clock of the machine moves nothing', { 'every transport': clockCases.wallClockSet }),
  played('§3.4', 'a clock that is set back loses nothing', { 'every transport': clockCases.setBackWhileReading }),
]
