/**
 * Uses the page from within, as a hand would: not every engine can be driven from outside. What it finds it tells the hub.
 *
 * @module
 */
/** Of viewer-server.ts. */
const token = 'f00dfeedf00dfeedf00dfeedf00dfeed'

const complaints: string[] = []
addEventListener('error', ({ message }) => complaints.push(message))
addEventListener('unhandledrejection', ({ reason }) => complaints.push(String(reason)))
addEventListener('securitypolicyviolation', ({ violatedDirective }) => complaints.push(violatedDirective))

const socket = new WebSocket(`ws://${location.host}/viewer`)
const report = (found: object): void => socket.send(JSON.stringify({ ...found, complaints }))

const textOf = (selector: string): string => document.querySelector(selector)?.textContent ?? ''

/** When it is so. */
function once(holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => (holds() ? resolve() : void requestAnimationFrame(look))
    look()
  })
}

function press(key: string): void {
  document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
}

/** The phases that are shown on the way back through what was. */
async function stepBack(): Promise<string[]> {
  const phases = new Set<string>()
  for (let step = 0; step < 12; step += 1) {
    press('ArrowLeft')
    await new Promise(requestAnimationFrame)
    phases.add(textOf('.crumbs .pill'))
  }
  return [...phases]
}

async function drop(name: string): Promise<void> {
  const dataTransfer = new DataTransfer()
  const content = await (await fetch(name)).blob()
  dataTransfer.items.add(new File([content], name, { type: 'application/json' }))
  document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }))
}

async function drive(): Promise<void> {
  await once(() => textOf('.crumbs .pill') === 'online' && textOf('.chart .state.active') !== '')
  report({ step: 'attached', panels: document.querySelectorAll('[role=tab]').length })
  await once(() => textOf('.crumbs .pill') === 'degraded')
  report({ step: 'cut' })
  const phases = await stepBack()
  report({ step: 'back', phases, moment: document.querySelector('button.pill')?.className })
  press('l')
  await once(() => textOf('button.pill') === 'Live' && textOf('.crumbs .pill') === 'degraded')
  await drop('recording.json')
  await once(() => textOf('button.pill') === 'Recording')
  report({ step: 'opened', notice: textOf('.notice'), address: location.hash })
  await drop('statewire-coverage.json')
  await once(() => textOf('.coverage .share').includes('states'))
  report({ step: 'done', notice: textOf('.notice'), share: textOf('.coverage .share'), counts: textOf('.coverage') })
}

socket.addEventListener('open', () => {
  socket.send(JSON.stringify({ token }))
  drive().catch((error: unknown) => report({ step: 'failed', why: String(error) }))
})
