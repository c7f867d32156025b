/**
 * Which transitions of the chart there are, and which of them were taken.
 *
 * @module
 */
import type { InspectionEvent } from 'xstate'
import { connectionMachine } from '../../machines/connection.ts'

interface Transition {
  readonly source: { readonly id: string }
  readonly eventType: string
  readonly target?: readonly { readonly id: string }[] | undefined
  readonly guard?: unknown
}

type Node = Pick<typeof connectionMachine.root, 'states' | 'transitions' | 'always'>

/** `source: event [guard] → target` */
function describe({ eventType, guard, source, target }: Transition): string {
  const condition = guard === undefined ? '' : ` [${String(guard)}]`
  const inside = (id: string): string => id.replace(/^connection\./, '')
  const event = eventType.replace(/^xstate\.|\.connection\..*$/g, '') || 'always'
  return `${inside(source.id)}: ${event}${condition} → ${target?.map(({ id }) => inside(id)).join() ?? 'itself'}`
}

function descendants(node: Node): Node[] {
  return Object.values(node.states as Record<string, Node>).flatMap((child) => [child, ...descendants(child)])
}

/** Every transition and every `always` of the chart. */
export function transitionsOfTheChart(): string[] {
  const nodes = [connectionMachine.root as Node, ...descendants(connectionMachine.root)]
  return nodes.flatMap((node) => [...[...node.transitions.values()].flat(), ...(node.always ?? [])]).map(describe)
}

/** Notes what a running chart takes. */
export function recorder(): { readonly taken: ReadonlySet<string>; inspect(event: InspectionEvent): void } {
  const taken = new Set<string>()
  return {
    taken,
    inspect(event) {
      if (event.type !== '@xstate.microstep') return
      for (const transition of event._transitions) taken.add(describe(transition))
    },
  }
}
