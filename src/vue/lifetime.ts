/**
 * When a connection is wanted: while its component is mounted, or while its scope is active.
 *
 * @module
 */
import {
  type ComponentInternalInstance,
  type EffectScope,
  getCurrentInstance,
  getCurrentScope,
  nextTick,
  onActivated,
  onDeactivated,
  onMounted,
  type ShallowRef,
  shallowRef,
} from 'vue'
import { reportUncaught } from '../connection/report.ts'

/** What a lifetime begins and ends. */
export interface Lived {
  take(): void
  letGo(): void
}

/** The component that owns what is made now. A store's scope is not its own: it outlives the component that happens to use it first. */
export function owningComponent(): ComponentInternalInstance | null {
  const component: (ComponentInternalInstance & { readonly scope?: EffectScope }) | null = getCurrentInstance()
  return component?.scope === getCurrentScope() ? component : null
}

/** Mounting is what a server never does. */
export function liveWithComponent(lived: Lived, whenDeactivated: 'stay' | 'let-go'): void {
  const take = (): void => lived.take()
  onMounted(take)
  if (whenDeactivated === 'stay') return
  onActivated(take)
  onDeactivated(() => lived.letGo())
}

/** Where there is a document: a scope on a server opens nothing by itself. A tick later, when what hydrates has hydrated. */
export function liveWithScope(lived: Lived): void {
  if (typeof document !== 'undefined') nextTick(() => lived.take()).catch(reportUncaught)
}

/**
 * Whether what a server rendered is being taken over now. Until that is done the component shows what the server showed, whatever
 * others have made of a shared connection meanwhile. Vue gives a component its element before `setup` only when it hydrates.
 */
export function hydratingOf(component: ComponentInternalInstance | null): Readonly<ShallowRef<boolean>> {
  const hydrating = shallowRef(component !== null && component.vnode.el !== null)
  if (hydrating.value) {
    onMounted(() => {
      hydrating.value = false
    })
  }
  return hydrating
}
