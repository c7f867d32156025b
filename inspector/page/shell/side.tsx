/** @jsxImportSource preact */
/**
 * The right of the page: the panels, one at a time.
 *
 * @module
 */
import { useEffect } from 'preact/hooks'
import { useStore } from '../store.ts'
import { loadPanel, tabs, views } from './panel-list.ts'

export function Side() {
  const store = useStore()
  const open = tabs.find(({ id }) => id === store.tab.value) ?? tabs[0]
  useEffect(() => {
    if (open !== undefined) void loadPanel(open, store)
  }, [open, store])
  const walk = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (step === undefined || open === undefined || !(event.currentTarget instanceof HTMLElement)) return
    event.preventDefault()
    const at = (tabs.indexOf(open) + step + tabs.length) % tabs.length
    store.tab.value = tabs[at]?.id ?? store.tab.value
    event.currentTarget.querySelectorAll<HTMLElement>('[role=tab]')[at]?.focus()
  }
  if (open === undefined) return null
  const View = views.value.get(open.id)
  return (
    <>
      <div class="tabs" role="tablist" aria-label="Panels" tabIndex={-1} onKeyDown={walk}>
        {tabs.map(({ id, title }) => (
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
        {View === undefined ? null : <View />}
      </div>
    </>
  )
}
