/** @jsxImportSource preact */
/**
 * The one voice of the page: phase changes and notices, politely, at most one a second.
 *
 * @module
 */
import { effect, useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { useStore } from '../store.ts'

/** A voice that speaks more often than this is never heard out. */
const leastBetween = 1000
/** How long a notice stays to be read. */
const readFor = 4000

export function Voice() {
  const store = useStore()
  const spoken = useSignal('')
  useEffect(() => {
    let waiting: ReturnType<typeof setTimeout> | undefined
    let spokenAt = Number.NEGATIVE_INFINITY
    let next = ''
    const say = (words: string): void => {
      next = words
      waiting ??= setTimeout(
        () => {
          waiting = undefined
          spokenAt = performance.now()
          spoken.value = next
        },
        Math.max(0, spokenAt + leastBetween - performance.now()),
      )
    }
    let before = ''
    const stopPhases = effect(() => {
      const actor = store.selectedActor.value
      const words = actor === undefined ? '' : `${actor.name}: ${actor.phase}`
      if (words !== '' && words !== before) say(words)
      before = words
    })
    let hiding: ReturnType<typeof setTimeout> | undefined
    const stopNotices = effect(() => {
      const notice = store.notice.value
      if (notice === '') return
      say(notice)
      clearTimeout(hiding)
      hiding = setTimeout(() => (store.notice.value = ''), readFor)
    })
    return () => {
      stopPhases()
      stopNotices()
      clearTimeout(waiting)
      clearTimeout(hiding)
    }
  }, [store, spoken])
  return (
    <>
      <p class="unseen" role="status">
        {spoken}
      </p>
      {store.notice.value === '' ? null : (
        <p class="notice" aria-hidden="true">
          {store.notice}
        </p>
      )}
    </>
  )
}
