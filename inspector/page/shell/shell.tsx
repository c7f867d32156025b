/** @jsxImportSource preact */
/**
 * The page: bar, tree, canvas, panel, timeline.
 *
 * @module
 */
import { useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { ledgerOf } from '../../session/coverage-ledger.ts'
import { Canvas, type CanvasHandle } from '../chart/canvas.tsx'
import { useStore } from '../store.ts'
import { Timeline } from '../timeline/timeline.tsx'
import { useEnvironment } from './environment.ts'
import { listenToKeys } from './keys.ts'
import { type PaletteDoor, paletteDoor } from './palette-door.ts'
import { Side } from './side.tsx'
import { Splitter } from './splitter.tsx'
import { TopBar } from './top-bar.tsx'
import { Tree } from './tree.tsx'
import { Voice } from './voice.tsx'

/** Which drawer of a narrow window is open; a wide one shows both parts beside the canvas. */
type Drawer = 'none' | 'tree' | 'panel'

function Body({ handle, drawer, onClose }: { handle: CanvasHandle; drawer: Drawer; onClose: () => void }) {
  const { kind } = useEnvironment()
  const [Main, Aside] = kind === 'page' ? (['main', 'aside'] as const) : (['div', 'section'] as const)
  return (
    <Main class="body" data-drawer={drawer}>
      <Aside class="left" aria-label="Apps and actors">
        <Tree onPick={onClose} />
      </Aside>
      <Splitter name="Width of the tree" property="--tree" start={224} least={140} most={480} grows="left" />
      <Canvas handle={handle} />
      <Splitter name="Width of the panel" property="--panel-width" start={368} least={260} most={900} grows="right" />
      <Aside class="right" aria-label="Details">
        <Side />
      </Aside>
      {drawer === 'none' ? null : <button type="button" class="veil" aria-label="Close the drawer" onClick={onClose} />}
      <Splitter name="Height of the timeline" property="--timeline" start={148} least={96} most={420} grows="bottom" />
      <Timeline />
    </Main>
  )
}

function LatePalette({ door, handle }: { readonly door: PaletteDoor; readonly handle: CanvasHandle }) {
  const state = door.state.value
  return state.kind === 'open' ? <state.View handle={handle} typed={state.typed} onClose={door.close} /> : null
}

export function Shell() {
  const store = useStore()
  const environment = useEnvironment()
  const drawer = useSignal<Drawer>('none')
  const palette = useMemo(() => paletteDoor(store), [store])
  const handle = useMemo<CanvasHandle>(() => ({ stage: null }), [])
  // What the session lets go of stays counted, also before somebody asks for it.
  useEffect(() => void ledgerOf(store.session), [store])
  useEffect(() => listenToKeys(environment, store, handle, palette), [environment, store, handle, palette])
  const Main = environment.kind === 'page' ? 'main' : 'div'
  const toggle = (which: Drawer) => (): void => {
    drawer.value = drawer.value === which ? 'none' : which
  }
  return (
    <div class="page" data-phase={store.selectedActor.value?.phase ?? 'idle'}>
      <TopBar handle={handle} onPalette={palette.open} onTree={toggle('tree')} onPanel={toggle('panel')} />
      {store.apps.value.length === 0 ? (
        <Main class="body-empty">
          <environment.Empty />
        </Main>
      ) : (
        <Body handle={handle} drawer={drawer.value} onClose={() => (drawer.value = 'none')} />
      )}
      <Voice />
      <LatePalette door={palette} handle={handle} />
    </div>
  )
}
