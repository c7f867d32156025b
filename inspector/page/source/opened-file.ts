/**
 * What is in a file that was given to the page: a recording, or the coverage of a test run.
 *
 * @module
 */
import { showCoverage } from '../../session/coverage.ts'
import { type CoverageReport, openCoverage } from '../../session/coverage-file.ts'
import { isRefused, openRecording, type Recording } from '../../session/recording.ts'
import { lengthWords } from '../../session/words.ts'
import { firstActor } from '../shell/tree-rows.ts'
import type { Store } from '../store.ts'

/** Larger files are nobody's recording. */
const mostBytes = 128 * 1024 * 1024

/** Of redacted fields, in a notice. */
const mostNames = 4

/** What is in it, and what is not. */
function wordsOf({ app, span, dropped, redacted, removed }: Recording): string {
  const names =
    removed.length === 0 ? '' : ` (${removed.slice(0, mostNames).join(', ')}${removed.length > mostNames ? ', …' : ''})`
  return [
    `${lengthWords(span.to - span.from)} of ${app}`,
    ...(redacted === 0 ? [] : [`${redacted.toLocaleString('en')} redacted${names}`]),
    ...(dropped === 0 ? [] : [`${dropped.toLocaleString('en')} missing`]),
  ].join(', ')
}

function select(store: Store, key: string): void {
  store.select(key, firstActor(store.session.actors(key, null))?.id ?? null)
}

function showReport(store: Store, report: CoverageReport, name: string): void {
  const { length } = report.machines
  if (length === 0) {
    store.notice.value = `${name} holds coverage, but of no machine that can be shown.`
    return
  }
  select(store, showCoverage(store.session, report, name))
  store.tab.value = 'coverage'
  store.notice.value = `Opened ${name}: coverage of ${length === 1 ? 'one machine' : `${length} machines`}.`
}

/** Shows what is in it, or says why not. */
export async function openFile(store: Store, file: File): Promise<void> {
  if (file.size > mostBytes) {
    store.notice.value = `${file.name} is too large for a recording.`
    return
  }
  const text = await file.text().catch(() => '')
  const report = openCoverage(text)
  if (!isRefused(report)) return showReport(store, report, file.name)
  const recording = openRecording(text)
  if (isRefused(recording)) {
    store.notice.value = recording.refused
    return
  }
  if (recording.messages.length === 0) {
    store.notice.value = `${file.name} is a recording, but there is nothing in it that can be shown.`
    return
  }
  select(store, store.session.open(recording))
  store.notice.value = `Opened ${file.name}: ${wordsOf(recording)}.`
}
