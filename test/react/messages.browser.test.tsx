import { useEffect } from 'react'
import { expect, test, vi } from 'vitest'
import { useMessages, useSSE } from '../../src/react/index.ts'
import { eventually } from './eventually.ts'
import { openStage } from './stage.tsx'

const count = 10_000

test('10,000 messages render a component that does not ask for them not once', async () => {
  const { page, render, room } = openStage()
  let renders = 0
  let heard = 0
  function Silent() {
    const { connection, state } = useSSE({ url: `${room.url}/sse` })
    renders += 1
    useEffect(() => {
      const hearing = connection.on('message', () => {
        heard += 1
      })
      return () => hearing.unsubscribe()
    }, [connection])
    return <output>{state}</output>
  }
  render(<Silent />)
  await eventually(() => page.textContent).toBe('connected')
  const before = renders
  await room.order({ fill: { count, size: 40 } })
  await eventually(() => heard).toBe(count)
  expect(renders - before).toBe(0)
})

test('useMessages renders once a frame, and keeps the newest', async () => {
  const { page, render, room } = openStage()
  let renders = 0
  let kept: readonly { readonly data: string }[] = []
  let heard = 0
  function Listening() {
    const feed = useSSE({ url: `${room.url}/sse` })
    kept = useMessages(feed, {
      select: (message) => {
        heard += 1
        return message
      },
    })
    renders += 1
    return <output>{feed.state}</output>
  }
  render(<Listening />)
  await eventually(() => page.textContent).toBe('connected')
  const before = renders
  const began = performance.now()
  await room.order({ fill: { count, size: 40 } })
  await eventually(() => heard).toBe(count)
  await eventually(() => kept.at(-1)?.data).toMatch(/^9999 /)
  const frames = Math.ceil((performance.now() - began) / (1000 / 60))
  console.info(`${count} messages, ${renders - before} renders, ${frames} frames of 60 Hz`)
  expect(renders - before).toBeGreaterThan(0)
  expect(renders - before).toBeLessThanOrEqual(frames + 1)
  expect(kept).toHaveLength(100)
  expect(kept[0]?.data).toMatch(/^9900 /)
})

test('messages are shown where no frame is ever drawn, as on a hidden page', async () => {
  vi.stubGlobal('requestAnimationFrame', () => 0)
  try {
    const { page, render, room } = openStage()
    function Hidden() {
      return <output>{useMessages(useSSE({ url: `${room.url}/sse` })).map(({ data }) => data)}</output>
    }
    render(<Hidden />)
    await room.order({ append: ['one', 'two'] })
    await eventually(() => page.textContent).toBe('onetwo')
  } finally {
    vi.unstubAllGlobals()
  }
})

test('limit bounds the list, select chooses with what the last render knew', async () => {
  const { page, render, room } = openStage()
  function Chosen({ wanted }: { readonly wanted: string }) {
    const feed = useSSE({ url: `${room.url}/sse` })
    const texts = useMessages(feed, { limit: 2, select: ({ data }) => (data.startsWith(wanted) ? data : undefined) })
    return <output>{texts.join(' ')}</output>
  }
  render(<Chosen wanted="a" />)
  await room.order({ append: ['a1', 'b1', 'a2', 'b2', 'a3'] })
  await eventually(() => page.textContent).toBe('a2 a3')
  render(<Chosen wanted="b" />)
  // The list is the same: what was kept stays.
  await eventually(() => page.textContent).toBe('a2 a3')
  await room.order({ append: ['a4', 'b3'] })
  await eventually(() => page.textContent).toBe('a3 b3')
})

test('what a select throws is reported, and the messages after it are shown', async () => {
  const { page, render, room } = openStage()
  const reported: unknown[] = []
  const hear = (event: ErrorEvent): void => {
    reported.push(event.error)
    event.preventDefault()
    event.stopImmediatePropagation()
  }
  addEventListener('error', hear, { capture: true })
  try {
    function Fragile() {
      const texts = useMessages(useSSE({ url: `${room.url}/sse` }), {
        select({ data }) {
          if (data === 'bad') throw new RangeError('bad')
          return data
        },
      })
      return <output>{texts.join(' ')}</output>
    }
    render(<Fragile />)
    await room.order({ append: ['one', 'bad', 'two'] })
    await eventually(() => page.textContent).toBe('one two')
    await eventually(() => reported).toEqual([new RangeError('bad')])
  } finally {
    removeEventListener('error', hear, { capture: true })
  }
})
