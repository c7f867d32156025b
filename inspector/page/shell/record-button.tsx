/** @jsxImportSource preact */
/**
 * Starts and stops a recording.
 *
 * @module
 */
import { useMemo } from 'preact/hooks'
import { lengthWords } from '../../session/words.ts'
import { createRecorder } from '../source/recorder.ts'
import { useStore } from '../store.ts'
import { Icon } from './icon.tsx'

export function RecordButton() {
  const store = useStore()
  const { taking, start, stop } = useMemo(() => createRecorder(store), [store])
  const { value } = taking
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
