/**
 * The ways in which endpoints of other people let a stream be taken up again.
 *
 * @module
 */
import { checkFunction, checkOption } from './option-checks.ts'
import type { PositionStrategy } from './positions.ts'
import { EventIdSession } from './positions-event-id.ts'
import { utf8AsLatin1 } from './positions-header.ts'
import { finderOf, type PositionPick } from './positions-pick.ts'
import { type IsRepeat, PickedSession, type Resume } from './positions-picked.ts'
import { expanded } from './positions-request.ts'

/** What every strategy can be told. */
export interface RepeatOptions {
  /**
   * Recognises what an endpoint sends again though it came before; it is dropped. {@link notAbove} where positions are whole numbers
   * that only grow. Default: nothing is, and everything that comes is handed over.
   */
  readonly isRepeat?: IsRepeat | undefined
}

/** For strategies that find the position in the message. */
export interface CallbackOptions extends RepeatOptions {
  /** Where the stream says what it is called: looked for until it is found once. Without it there is no position. */
  readonly id?: PositionPick | undefined
}

/** Where the resumed request goes. */
export interface PlaceOptions extends CallbackOptions {
  /** Default: the `url` of the input. `{id}` stands for what `id` has found, encoded. Relative to the `url` of the input. */
  readonly url?: string | undefined
}

/**
 * The position goes into a query parameter, and a POST becomes a GET.
 *
 * @param parameter - name of the query parameter
 * @param pick - where a message says its position
 * @throws `bad_option`
 * @example
 * byQuery('starting_after', 'sequence_number', { id: 'response.id', url: '/v1/responses/{id}?stream=true', isRepeat: notAbove })
 */
export function byQuery(parameter: string, pick: PositionPick, options: PlaceOptions = {}): PositionStrategy {
  checkName('parameter', parameter)
  return placed(pick, options, (after) => ({ query: { [parameter]: after } }))
}

/**
 * The position goes into a request header, in UTF-8, and a POST becomes a GET.
 *
 * @throws `bad_option`
 */
export function byHeader(header: string, pick: PositionPick, options: PlaceOptions = {}): PositionStrategy {
  checkName('header', header)
  return placed(pick, options, (after) => ({ headers: { [header]: utf8AsLatin1(after) } }))
}

/**
 * A function makes the request that goes on. A POST is sent only where it asks for one.
 *
 * @throws `bad_option`
 * @example
 * byCallback('seq', async ({ after }) => ({ url: await addressOfReplay(), method: 'POST', body: { after } }))
 */
export function byCallback(pick: PositionPick, resume: Resume, options: CallbackOptions = {}): PositionStrategy {
  const { id, isRepeat } = options
  const find = finderOf('pick', pick)
  const findId = id === undefined ? undefined : finderOf('id', id)
  checkFunction('resume', resume ?? null)
  checkFunction('isRepeat', isRepeat)
  const looksIntoJson = typeof pick === 'string' || typeof id === 'string'
  return {
    begin: (input, position) => new PickedSession({ find, findId, looksIntoJson, resume, isRepeat }, input, position),
  }
}

/**
 * The ids of an event stream go into `Last-Event-ID`, as a GET does of itself; a POST becomes a GET.
 *
 * @param options - `url`: where to ask for the rest, default the `url` of the input
 * @throws `bad_option`
 */
export function lastEventId(options: RepeatOptions & Pick<PlaceOptions, 'url'> = {}): PositionStrategy {
  const { url, isRepeat } = options
  checkUrl(url, undefined)
  checkFunction('isRepeat', isRepeat)
  return { begin: (input, position) => new EventIdSession({ input, position, url, isRepeat }) }
}

/** There are no positions, whatever the messages say: each attempt begins anew, and a POST is sent once. */
export function noPositions(): PositionStrategy {
  return {
    begin: () => ({
      resumable: false,
      ask: async () => undefined,
      place(item) {
        if (item.data === undefined) return false
        item.position = undefined
        return true
      },
    }),
  }
}

/** For {@link RepeatOptions.isRepeat}: positions are whole numbers, of any length, and each is larger than the one before. */
export function notAbove(position: string, last: string): boolean {
  if (!/^\d+$/.test(position) || !/^\d+$/.test(last)) return false
  const one = position.replace(/^0+/, '')
  const other = last.replace(/^0+/, '')
  return one.length === other.length ? one <= other : one.length < other.length
}

function placed(
  pick: PositionPick,
  { url, ...options }: PlaceOptions,
  asking: (after: string) => { readonly query: Record<string, string> } | { readonly headers: Record<string, string> },
): PositionStrategy {
  checkUrl(url, options.id)
  return byCallback(
    pick,
    ({ after, id }) => ({ url: url === undefined ? undefined : expanded(url, id), ...asking(after) }),
    options,
  )
}

function checkName(option: string, name: string): void {
  checkOption(typeof name === 'string' && name !== '', option, 'a name')
}

function checkUrl(url: unknown, id: unknown): void {
  const named = typeof url === 'string' && url.includes('{id}')
  checkOption(
    (url === undefined && id === undefined) || (typeof url === 'string' && named === (id !== undefined)),
    'url',
    'an address, with {id} in it where there is an option id',
  )
}
