/**
 * A BroadcastChannel that lets only known frames in.
 *
 * @module
 */
import type { FollowerFrame, HallFrame, LeaderFrame } from './frames.ts'
import type { TabPlatform } from './platform.ts'

export interface Channel<In, Out> {
  /** Throws a `DataCloneError` for what cannot be cloned; does nothing once closed. */
  post(frame: Out): void
  /** Who hears from now on. What came while nobody did comes first. */
  listen(listener: (frame: In) => void): void
  /** Nobody hears for now. */
  rest(): void
  close(): void
}

export type Hall = Channel<HallFrame, HallFrame>
export type FollowerLine = Channel<LeaderFrame, FollowerFrame>
export type LeaderLine = Channel<FollowerFrame, LeaderFrame>

export function openChannel<In, Out>(
  platform: TabPlatform,
  name: string,
  check: (value: unknown) => In | undefined,
): Channel<In, Out> {
  const channel = platform.channel(name)
  let open = true
  let hears: ((frame: In) => void) | null = null
  let waiting: In[] = []
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    const frame = check(data)
    if (frame === undefined || !open) return
    if (hears === null) waiting.push(frame)
    else hears(frame)
  }
  return {
    post(frame) {
      if (open) channel.postMessage(frame)
    },
    listen(listener) {
      hears = listener
      const kept = waiting
      waiting = []
      for (const frame of kept) if (open) listener(frame)
    },
    rest() {
      hears = null
    },
    close() {
      open = false
      channel.onmessage = null
      channel.close()
    },
  }
}
