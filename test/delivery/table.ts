/**
 * Which fault of wire.md section 5 a client that sends is put through, on which rung, and why a cell is empty. Those of plain
 * reading stand in `test/faults`, those of the server in `test/server-faults`, cuts at every byte in `test/chaos`.
 *
 * @module
 */
import * as positions from './cases/bad-positions.ts'
import * as hints from './cases/hints.ts'
import * as http2 from './cases/http2.ts'
import * as lying from './cases/lying-answers.ts'
import * as owners from './cases/owners.ts'
import * as refusals from './cases/refusals.ts'
import * as sends from './cases/refused-sends.ts'
import * as repeated from './cases/repetitions.ts'
import * as resets from './cases/resets.ts'
import * as slow from './cases/slow-readers.ts'
import * as strangers from './cases/strangers.ts'
import * as zombies from './cases/zombies.ts'
import { onRungs, played } from './fault.ts'

export const slowReaders = [
  onRungs('F07', 'who takes nothing is cut off, and misses nothing', slow.cutOff),
  onRungs('F07', 'who takes nothing and sends is cut off, and misses and doubles nothing', slow.cutOffWithSends),
  // An acknowledgement on a socket is read with the records, and so not at all while nobody takes those.
  onRungs('F07', 'sends are confirmed while nothing is taken', slow.sendsWhilePaused),
  onRungs('F07', 'a loop may wait for its own append', slow.answersWhileReading),
  onRungs('F07', 'a loop that rests is cut off, and misses nothing', slow.abandonedIterator),
]

export const refused = [
  onRungs('F17', 'who is refused at first rests, and works when let in', refusals.refusedAtFirst),
  onRungs('F17', 'who is refused in mid-life goes on where it was when let in', refusals.forbiddenInMidLife),
  onRungs('F17', 'a stream that is gone in mid-life is said to be', refusals.goneInMidLife),
  onRungs('F17', 'what waits when reading is refused is told so in the end', refusals.sendsOfTheRefused),
]

export const lostHistory = [
  ...resets.policies.flatMap((policy) => [
    onRungs('F17', `under ${policy}, a position that is gone is said once, with its count`, resets.onDialUnder(policy)),
    onRungs('F17', `under ${policy}, what goes while away is said once, with its count`, resets.whileAwayUnder(policy)),
  ]),
  onRungs('F17', 'sends go on in whatever is left', resets.sendsGoOn),
  ...resets.policies.map((policy) =>
    onRungs('F17', `under ${policy}, what is left out on purpose is said once`, resets.skippedUnder(policy), {
      except: { 'long-poll': 'a page holds everything that is left: nothing is skipped' },
    }),
  ),
]

export const repetitions = [
  onRungs('F25', 'a unit that comes twice counts once', repeated.repeatedUnit),
  onRungs('F25', 'of a unit that overlaps only the rest counts', repeated.overlap),
  onRungs('F25', 'a server that begins anew after a cut is not believed', repeated.replayAfterResume),
  onRungs('F25', 'the same page for ever is read once', repeated.samePageForEver),
  onRungs('F26', 'units that changed places are put in order', repeated.swappedUnits),
  onRungs('F26', 'what is left out is asked for', repeated.hole),
  onRungs('F26', 'a server that goes backwards is not followed', repeated.backwards),
]

export const storeHints = [
  onRungs('F27', 'what its own hint did not tell, the next one does', hints.foundByTheNext),
  onRungs('F27', 'what no hint told is found within 10 s', hints.foundByTheClock),
  onRungs('F27', 'whoever comes anew finds what no hint told', hints.foundByTheNewcomer),
  onRungs('F25', 'repeated hints repeat no record', hints.repeatedHints),
  onRungs('F26', 'reordered hints reorder no record', hints.reorderedHints),
]

export const producers = [
  onRungs('F32', 'connections that share an outbox never share a slot', owners.besideEachOther),
  onRungs('F32', 'what one could not send another one delivers', owners.inheritsTheRest),
  onRungs('F32', 'what one knows nothing of another one repeats, and it is there once', owners.inheritsTheDoubt),
  onRungs('F33', 'a zombie is told once, leaves its outbox alone and reads on', zombies.fenced),
  onRungs('F33', 'what a zombie has kept is not sent', zombies.fencedAfterACut),
  // The next one is given the very slot, and can send no more than the zombie.
  onRungs('F33', 'who comes after a zombie can send', zombies.leftToTheNext),
  // Inherited, refused and given back every two seconds.
  onRungs('F33', 'who sends beside a zombie does not go on for it', zombies.leftToOthers),
  // An append that went out once and is "there already" was never that append.
  onRungs('F33', 'a copy of an outbox is noticed by whoever comes second', zombies.copied),
]

const upgraded = { websocket: 'a WebSocket is opened over HTTP/1.1 only' }

export const http2Faults = [
  onRungs('F52', 'GOAWAY lets go on what is open, and leads elsewhere what is new', http2.goAway, { except: upgraded }),
  onRungs('F52', 'a session that breaks off costs nothing', http2.brokenOff, { except: upgraded }),
  onRungs('F52', 'RST_STREAM on the read costs nothing', http2.readReset, { except: upgraded }),
  onRungs('F52', 'RST_STREAM on an append costs and doubles nothing', http2.appendReset, { except: upgraded }),
  onRungs('F52', 'a read that stalls is taken up by the watchdog', http2.stalledRead, {
    except: { ...upgraded, 'long-poll': 'a held poll has no heartbeat: its answer is the sign of life' },
  }),
  onRungs('F52', 'an append that stalls is repeated', http2.stalledAppend, { except: upgraded }),
]

const INPUT = 'bad input'

export const badPositions = [
  onRungs(INPUT, 'an offset of another stream, another life or beyond the end is a gap', positions.foreignOffsets),
  onRungs(INPUT, 'a place that is not there leaves nothing out', positions.forgedPlace),
  onRungs(INPUT, 'an offset that is none is refused once', positions.garbage),
  onRungs(INPUT, 'a token that is none is refused or left aside', positions.badTokens),
  onRungs(INPUT, 'a producer that is none is refused', positions.badProducers),
]

export const badAnswers = [
  onRungs(INPUT, 'nonsense in place of an answer is repeated slowly, or final', lying.lies),
  onRungs(INPUT, 'what is said behind an answer changes nothing', lying.contradicted),
  onRungs(INPUT, 'a server that forgets its producers sends nobody round in circles', lying.forgetful),
  // As long as anything else is heard, an append waits for its answer without end, and all behind it.
  onRungs(INPUT, 'an append that is never answered is made again', lying.unanswered),
  played(INPUT, 'text that is no frame ends the connection and leaves the outbox', { websocket: lying.noFrames }),
]

export const strangeServers = [
  onRungs(INPUT, "somebody else's producer is not to be had", strangers.ownedBySomebodyElse),
  onRungs(INPUT, 'a server that is none is said to be, and nothing is sent to it', strangers.noStreamServer),
]

export const refusedSends = [
  onRungs(INPUT, 'what is too large is refused alone', sends.tooLarge),
  onRungs(INPUT, 'what is of another type is refused alone', sends.otherType),
  // The server answers such a frame without saying which append it was.
  onRungs(INPUT, 'what nests too deep is refused alone', sends.tooDeep),
  onRungs(INPUT, 'what cannot be written is refused alone', sends.unwritable),
  // An append may have a thousand records; a batch of the outbox may have more.
  onRungs(INPUT, 'what is too much for one append goes in two', sends.manyAtOnce),
  onRungs(INPUT, 'what is not permitted is refused alone', sends.forbidden),
  onRungs(INPUT, 'what finds no room is refused alone', sends.full),
  // A request that is given up when the stream ends sets a timer of a connection that is over.
  onRungs(INPUT, 'what comes after the end is refused, and leaves nothing behind', sends.closed),
  onRungs(INPUT, 'under stop, the first refusal is the last append', sends.stopsAtTheFirst),
]
