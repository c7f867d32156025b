/** @jsxImportSource preact */
/**
 * The right of the page: the panels, one at a time.
 *
 * @module
 */
import { useEffect } from 'preact/hooks'
import { useStore } from '../store.ts'
import { loadPanels, panels } from './panel-list.ts'

export function Side() {
  const store = useStore()
  const all = panels.value
  const open = all.find(({ id }) => id === store.tab.value) ?? all[0]
  useEffect(() => void loadPanels(store), [store])
  const walk = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (step === undefined || open === undefined || !(event.currentTarget instanceof HTMLElement)) return
    event.preventDefault()
    const at = (all.indexOf(open) + step + all.length) % all.length
    store.tab.value = all[at]?.id ?? store.tab.value
    event.currentTarget.querySelectorAll<HTMLElement>('[role=tab]')[at]?.focus()
  }
  if (open === undefined) return null
  const View = open.view
  return (
    <>
      <div class="tabs" role="tablist" aria-label="Panels" tabIndex={-1} onKeyDown={walk}>
        {all.map(({ id, title }) => (
          <button
            type="button"
            key={id}
            id={`tab-${id}`}
            role="tab"
            aria-selected={id === open.id}
            aria-controls="panel"
            tabIndex={id === open.id ? 0 : -1}
            onClick={() => (store.tab.value = id)}
          >
            {title}
          </button>
        ))}
      </div>
      <div id="panel" class="panel-view" role="tabpanel" aria-labelledby={`tab-${open.id}`}>
        <View />
      </div>
    </>
  )
}
