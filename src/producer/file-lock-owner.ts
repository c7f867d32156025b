/**
 * Who a process is, so that another one can tell whether it still lives.
 *
 * @module
 */
import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'

/** One owner of a slot. As text it is a part of a file's name: `<pid>.<start>.<place>.<nonce>`. */
export interface Owner {
  readonly pid: number
  /** When the process started, in the kernel's own count, for a pid is given again; `unknown` where nobody says it. */
  readonly start: string
  /** Which machine, since which start of it, and which container: only there does a pid mean this process. */
  readonly place: string
}

const UNKNOWN = 'unknown'

let own: Owner | undefined

/** This process, under a name that no owner has had before. */
export function ownerName(): string {
  own ??= { pid: process.pid, start: processStatus(process.pid)?.start ?? UNKNOWN, place: thisPlace() }
  return `${own.pid}.${own.start}.${own.place}.${randomBytes(8).toString('hex')}`
}

/** Reads {@link ownerName}; `undefined` for anything else. */
export function parseOwner(name: string): Owner | undefined {
  const [, pid, start, place] = /^([1-9]\d{0,9})\.(\w+)\.(\w+)\.\w+$/.exec(name) ?? []
  if (pid === undefined || start === undefined || place === undefined) return undefined
  return { pid: Number(pid), start, place }
}

/**
 * Whether the process still exists. One that is stopped (SIGSTOP, a debugger) does: it may go on at any time and write. Where
 * it is uncertain the answer is yes: a slot that waits too long is late, a slot with two owners is wrong.
 */
export function isAlive({ pid, start, place }: Owner): boolean {
  // From before this start of the machine, or from another container. Those share no directory with us: that is the user's part.
  if (place !== thisPlace()) return false
  const status = processStatus(pid)
  // A killed process that its parent has not asked after is still listed (Z), and never runs again.
  if (status !== undefined) return !'ZXx'.includes(status.state) && (start === UNKNOWN || status.start === start)
  return answersSignals(pid)
}

/** Fields 3 and 22 of `/proc/<pid>/stat` (proc(5)): the state, and the start in clock ticks since boot. Linux only. */
function processStatus(pid: number): { state: string; start: string } | undefined {
  const text = contentOf(() => readFileSync(`/proc/${pid}/stat`, 'latin1'))
  // Field 2 is the program's name in parentheses, and may hold spaces and parentheses itself.
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ')
  const [state, start] = [fields?.[0], fields?.[19]]
  return state === undefined || start === undefined ? undefined : { state, start }
}

/** Signal 0 is never delivered: the kernel only looks whether it could be. A refusal (EPERM) means somebody is there. */
function answersSignals(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH')
  }
}

let here: string | undefined

function thisPlace(): string {
  if (here !== undefined) return here
  const boot = contentOf(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1'))
  const container = contentOf(() => readlinkSync('/proc/self/ns/pid'))
  here = createHash('sha256').update(`${boot} ${container}`).digest('hex').slice(0, 12)
  return here
}

function contentOf(read: () => string): string | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
