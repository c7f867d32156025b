/** @jsxImportSource preact */
/**
 * The small signs in rows, 12 by 12, drawn with strokes of 1.3. Each has a word for those who do not see it.
 *
 * @module
 */

export type IconName =
  | 'event'
  | 'timer'
  | 'done'
  | 'error'
  | 'step'
  | 'in'
  | 'out'
  | 'gap'
  | 'copy'
  | 'close'
  | 'down'
  | 'wide'
  | 'unknown'

const outlines: Readonly<Record<IconName, string>> = {
  event: 'M1.8 6h8M7 3.2 9.8 6 7 8.8',
  timer: 'M6 1.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 1 1 0-9M6 3.6V6l1.7 1',
  done: 'M2 6.4 4.8 9.2 10 3.4',
  error: 'M6 2v5M6 9.8v.2',
  step: 'M6 2.6 9.4 6 6 9.4 2.6 6z',
  in: 'M6 1.8v8M3.2 7 6 9.8 8.8 7',
  out: 'M6 10.2v-8M3.2 5 6 2.2 8.8 5',
  gap: 'M1.8 6h1.6M5.2 6h1.6M8.6 6h1.6',
  copy: 'M4.2 4.2h6v6h-6zM7.8 4.2V1.8h-6v6h2.4',
  close: 'M2.8 2.8l6.4 6.4M9.2 2.8 2.8 9.2',
  down: 'M6 2v7.6M2.8 6.4 6 9.6l3.2-3.2',
  wide: 'M4.4 3 1.6 6l2.8 3M7.6 3l2.8 3-2.8 3M1.6 6h8.8',
  unknown: 'M4.2 4.4a1.8 1.8 0 1 1 2.6 1.7c-.6.3-.8.6-.8 1.2M6 9.8v.2',
}

/** @param props.word heard instead of the sign; none where the text beside it says the same. */
export function Icon({ name, word }: { readonly name: IconName; readonly word?: string | undefined }) {
  const picture = (
    <svg class={`icon ${name}`} viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
      <path d={outlines[name]} />
    </svg>
  )
  if (word === undefined) return picture
  return (
    <span class="sign">
      {picture}
      <span class="unseen">{word}</span>
    </span>
  )
}
