/** @jsxImportSource preact */
/**
 * A redacted text as a tree where it is JSON, else as it is, with a word on what the app has removed.
 *
 * @module
 */
import { useMemo } from 'preact/hooks'
import { CopyButton } from './clipboard.tsx'
import { changedPaths, parsed, redactions, redactionWords } from './json.ts'
import { Redacted, Tree } from './tree.tsx'

export interface PayloadProps {
  readonly text: string
  readonly title: string
  /** What the copy button copies, in a word. */
  readonly copied: string
  /** What stood here before: what differs is marked. */
  readonly before?: string | undefined
}

export function Payload({ text, title, copied, before }: PayloadProps) {
  const content = useMemo(() => parsed(text), [text])
  const changed = useMemo(() => {
    if (before === undefined || content.kind !== 'value') return undefined
    const was = parsed(before)
    return was.kind === 'value' ? changedPaths(was.value, content.value) : undefined
  }, [before, content])
  const marks = redactions(text).filter((_, place) => place % 2 === 1)
  return (
    <div class="payload">
      <div class="bar">
        <h4 title={title}>{title}</h4>
        <CopyButton text={() => text} what={copied} />
      </div>
      {marks.length > 0 && <Removed marks={marks} />}
      {content.kind === 'cut' && <p class="note">This is its beginning: it was too long to be told as a whole.</p>}
      {content.kind === 'value' ? (
        <Tree value={content.value} changed={changed} />
      ) : (
        <pre dir="auto">
          <Redacted text={content.text} />
        </pre>
      )}
    </div>
  )
}

/** Marks are short: what they mean stands above what they are in. */
function Removed({ marks }: { readonly marks: readonly string[] }) {
  const count = marks.length
  return (
    <div class="note removed">
      <p>
        {count} {count === 1 ? 'value' : 'values'} removed by the app
      </p>
      <dl>
        {[...new Set(marks)].map((mark) => (
          <div key={mark}>
            <dt>
              <mark>{mark}</mark>
            </dt>
            <dd>{redactionWords(mark)}</dd>
          </div>
        ))}
      </dl>
    </div>
  )
}
