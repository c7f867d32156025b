/**
 * The tree of apps and actors as rows, top to bottom. Pure.
 *
 * @module
 */
import type { ActorView, AppView } from '../../session/view.ts'

export type TreeRow =
  | { readonly kind: 'app'; readonly key: string; readonly level: 1; readonly app: AppView }
  | {
      readonly kind: 'actor'
      readonly key: string
      readonly level: number
      readonly app: AppView
      readonly actor: ActorView
    }
  /** The stopped ones of one parent, folded. */
  | {
      readonly kind: 'stopped'
      readonly key: string
      readonly level: number
      readonly app: AppView
      readonly count: number
      readonly state: 'folded' | 'open'
    }
  | {
      readonly kind: 'more'
      readonly key: string
      readonly level: number
      readonly app: AppView
      readonly count: number
    }

/** More rows than this are for the filter of the log, not for a tree. */
const mostRows = 400
/** Deeper is drawn as deep as this. */
const deepest = 12

function childrenOf(actors: readonly ActorView[]): ReadonlyMap<string | null, readonly ActorView[]> {
  const known = new Set(actors.map(({ id }) => id))
  const children = new Map<string | null, ActorView[]>()
  for (const actor of actors) {
    // Whose parent nobody has told of stands at the top.
    const parent = actor.parent !== null && known.has(actor.parent) && actor.parent !== actor.id ? actor.parent : null
    const siblings = children.get(parent)
    if (siblings === undefined) children.set(parent, [actor])
    else siblings.push(actor)
  }
  return children
}

/** @param open keys of the rows of stopped ones that are unfolded. */
function rowsOfApp(app: AppView, actors: readonly ActorView[], open: ReadonlySet<string>): TreeRow[] {
  const children = childrenOf(actors)
  const rows: TreeRow[] = []
  const walked = new Set<string>()
  let left = 0
  const walk = (actor: ActorView, level: number): void => {
    // Actors come from strangers: one may claim to be its own grandfather.
    if (walked.has(actor.id)) return
    walked.add(actor.id)
    if (rows.length >= mostRows) {
      left += 1
      return
    }
    rows.push({ kind: 'actor', key: `${app.key} ${actor.id}`, level, app, actor })
    descend(actor.id, Math.min(level + 1, deepest))
  }
  const descend = (parent: string | null, level: number): void => {
    const all = children.get(parent) ?? []
    for (const actor of all) if (actor.status === 'active') walk(actor, level)
    const stopped = all.filter(({ status }) => status !== 'active')
    if (stopped.length === 0) return
    const key = `${app.key} ${parent ?? ''} stopped`
    const state = open.has(key) ? 'open' : 'folded'
    rows.push({ kind: 'stopped', key, level, app, count: stopped.length, state })
    if (state === 'open') for (const actor of stopped) walk(actor, level + 1)
  }
  descend(null, 2)
  if (left > 0) rows.push({ kind: 'more', key: `${app.key} more`, level: 2, app, count: left })
  return rows
}

export function treeRows(
  apps: readonly AppView[],
  actorsOf: (app: string) => readonly ActorView[],
  open: ReadonlySet<string>,
): TreeRow[] {
  return apps.flatMap((app) => [
    { kind: 'app' as const, key: app.key, level: 1 as const, app },
    ...rowsOfApp(app, actorsOf(app.key), open),
  ])
}

/** What to look at first: a connection before a manager, a machine before anything without a chart. */
export function firstActor(actors: readonly ActorView[]): ActorView | undefined {
  const machines = actors.filter(({ logic, status }) => logic === 'machine' && status === 'active')
  const parents = new Set(machines.map(({ parent }) => parent))
  return machines.find(({ id }) => !parents.has(id)) ?? machines[0] ?? actors[0]
}
