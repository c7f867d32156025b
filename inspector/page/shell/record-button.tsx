/** @jsxImportSource preact */
/**
 * Starts and stops a recording, or saves the range that is marked.
 *
 * @module
 */
import { useMemo } from 'preact/hooks'
import { lengthWords } from '../../session/words.ts'
import { createRecorder } from '../source/recorder.ts'
import { useStore } from '../store.ts'
import { forgetRange } from '../timeline/range.ts'
import { Icon } from './icon.tsx'

export function RecordButton() {
  const store = useStore()
  const { taking, start, stop, saveRange } = useMemo(() => createRecorder(store), [store])
  const { value } = taking
  const range = store.range.value
  if (value.kind === 'nothing' && range !== null) {
    return (
      <>
        <button type="button" title="Save the marked range as a recording" onClick={() => void saveRange()}>
          <Icon name="save" /> Save <span class="code">{lengthWords(range.to - range.from)}</span>
        </button>
        <button
          type="button"
          class="square"
          aria-label="Forget the marked range"
          title="Forget the marked range (Escape)"
          onClick={() => forgetRange(store)}
        >
          <Icon name="close" />
        </button>
      </>
    )
  }
  if (value.kind === 'nothing') {
    const isLive = store.selectedApp.value?.state === 'here'
    return (
      <button type="button" title="Record from now on" disabled={!isLive} onClick={start}>
        <Icon name="save" /> Record
      </button>
    )
  }
  store.logTold.value
  // Another app has another clock: of this one no length is known here.
  const length = value.app === store.app.value ? lengthWords(store.now() - value.from) : ''
  return (
    <button type="button" title="Stop, and save what was recorded" onClick={() => void stop()}>
      <Icon name="pause" /> Stop <span class="code">{length}</span>
    </button>
  )
}
