/** @jsxImportSource preact */
/**
 * A redacted text as a tree where it is JSON, else as it is, with a word on what the app has removed.
 *
 * @module
 */
import { useMemo } from 'preact/hooks'
import { CopyButton } from './clipboard.tsx'
import { changedPaths, countRedactions, parsed } from './json.ts'
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
    if (before === undefined || content.kind === 'text') return undefined
    const was = parsed(before)
    return was.kind === 'value' ? changedPaths(was.value, content.value) : undefined
  }, [before, content])
  const removed = countRedactions(text)
  return (
    <div class="payload">
      <div class="bar">
        <h4>{title}</h4>
        {removed > 0 && (
          <span class="removed">
            {removed} {removed === 1 ? 'value' : 'values'} removed by the app
          </span>
        )}
        <CopyButton text={() => text} what={copied} />
      </div>
      {content.kind === 'value' ? (
        <Tree value={content.value} changed={changed} />
      ) : (
        <pre>
          <Redacted text={content.text} />
        </pre>
      )}
    </div>
  )
}
