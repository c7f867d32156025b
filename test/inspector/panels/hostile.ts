/**
 * What nobody would tell, but anybody may: names without end, markup, letters from right to left, a context of a megabyte.
 *
 * @module
 */
import { type AppMessage, INSPECTOR_PROTOCOL } from '../../../inspector/protocol/messages.ts'
import { createSession, type Session } from '../../../inspector/session/session.ts'

const endless = 'a-name-that-does-not-end-'.repeat(12)

/** Each of them is the type of an event, the text of a frame and the name of a part. */
export const strange = [
  endless,
  '<img src=x onerror="document.title=1"><script>document.title=1</script>',
  'مرحبا بالعالم، هذه رسالة من اليمين إلى اليسار',
  '\u202ereversed by an override',
  '👩‍👩‍👧‍👦🏳️‍🌈👍🏽'.repeat(12),
  'קו\nחדש\tוטאב',
  '漢字仮名交じり文'.repeat(20),
  '',
  ' ',
  `${'z\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307'.repeat(30)} zalgo`,
] as const

const megabyte = 1_000_000

const context = JSON.stringify({
  [endless]: endless,
  'one text': 'x'.repeat(megabyte / 2),
  lines: Array.from({ length: 20_000 }, (_, index) => `line ${index}`),
  strange,
  secret: '•••• ≤32',
  deep: JSON.parse(`${'['.repeat(400)}${']'.repeat(400)}`),
})

const actor = {
  kind: 'actor',
  t: 0,
  actor: 'x:1',
  parent: null,
  name: endless,
  logic: 'machine',
  definition: null,
  status: 'active',
  value: { [endless]: { [endless]: 'on' } },
  tags: ['online'],
  waits: [],
} as const

function told(): readonly AppMessage[] {
  let seq = 0
  const next = (): { readonly seq: number; readonly t: number; readonly actor: string } => {
    seq += 1
    return { seq, t: seq * 1_000_000, actor: actor.actor }
  }
  return strange.flatMap((text): AppMessage[] => {
    const event = next()
    return [
      { kind: 'event', ...event, source: 'a stranger', type: text },
      { kind: 'payload', seq: event.seq, text: JSON.stringify({ [text]: text, type: text }) },
      {
        kind: 'step',
        ...next(),
        because: event.seq,
        taken: [`${endless} ${text} 0`],
        value: actor.value,
        tags: ['online'],
        status: 'active',
      },
      {
        kind: 'frame',
        ...next(),
        direction: seq % 2 === 0 ? 'in' : 'out',
        what: seq % 2 === 0 ? 'message' : 'send',
        bytes: 999_999_999,
        position: endless,
        text,
      },
    ]
  })
}

/** @returns a real session; the actor with the endless name is `x:1`. */
export function tellHostile(): { readonly session: Session; readonly actor: string } {
  const session = createSession()
  const name = endless
  session.apply({
    app: 'hostile',
    messages: [
      { kind: 'hello', protocol: INSPECTOR_PROTOCOL, name, runtime: 'node', epoch: 0 },
      actor,
      { ...actor, actor: 'x:2', name: '<b>manager</b>', value: 'on' },
      ...told(),
      {
        kind: 'health',
        t: 5,
        actor: actor.actor,
        received: 1e12,
        sent: 1e12,
        queued: 1e12,
        attempt: 1e9,
        silence: 1e12,
        position: endless,
        failure: { code: 'network', message: endless },
      },
      { kind: 'context', t: 5, actor: actor.actor, text: context },
    ],
  })
  return { session, actor: actor.actor }
}
