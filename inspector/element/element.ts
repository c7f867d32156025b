/**
 * `<statewire-inspector>`: the inspector as a panel in the app it shows. This much of it is small; the page is loaded when the panel
 * is opened for the first time.
 *
 * @module
 */
import type { Attachable } from '../attach/attach.ts'
import { Attachments, type InspectOptions } from './attachments.ts'
import { type InspectorParts, type Panel, partsHere } from './parts.ts'
import { phaseAmong } from './phases.ts'
import { adoptPillStyle, createPill, type Pill } from './pill.ts'
import { Memory, type Theme } from './place.ts'

/** How often the pill looks, in ms: a word that changes more often cannot be read. */
const glance = 250

/** A server has no elements: there it is a class that nobody makes anything of. */
const PlainElement: typeof HTMLElement =
  typeof HTMLElement === 'undefined' ? (class {} as typeof HTMLElement) : HTMLElement

/** Whether the page is wanted, on its way, or there. */
type Loading =
  | { readonly kind: 'none' }
  | { readonly kind: 'coming' }
  | { readonly kind: 'here'; readonly panel: Panel }

/**
 * The panel. Attributes: `theme` (`light`, `dark`; default as the system has it) and `place` (`bottom`, `right`), where it stands the
 * first time; after that it is where it was left. In a production build it is an empty element, unless `always` is set.
 *
 * @example
 * const panel = document.createElement('statewire-inspector')
 * panel.actor = chat
 * document.body.append(panel)
 */
export class InspectorElement extends PlainElement {
  static readonly observedAttributes: readonly string[] = ['theme']

  /** What is loaded in production builds too: `always` of `statewire/inspector/always`. Set it before the element is in a document. */
  always: InspectorParts | undefined
  readonly #attachments = new Attachments()
  #memory = new Memory()
  #actor: Attachable | null = null
  #forget: () => void = () => {}
  #parts: InspectorParts | undefined
  #loading: Loading = { kind: 'none' }
  #leaving = new AbortController()
  #pill: Pill | undefined
  #root: HTMLElement | undefined

  /** The actor to show, or what has one; `null` for none. For more than one there is {@link inspect}. */
  get actor(): Attachable | null {
    return this.#actor
  }

  set actor(given: Attachable | null) {
    if (given === this.#actor) return
    this.#forget()
    this.#actor = given
    this.#forget = given === null ? () => {} : this.inspect(given)
  }

  /**
   * Shows an actor and its system, beside what is shown already, until the returned function is called.
   *
   * @throws TransportError `bad_option` when it is no actor, as soon as the element is in a document
   */
  inspect(given: Attachable, options: InspectOptions = {}): () => void {
    const forget = this.#attachments.add(given, options)
    this.#look()
    return () => {
      forget()
      this.#look()
    }
  }

  /** Opens the panel where it was left. Resolves when it can be seen. */
  async open(): Promise<void> {
    const panel = await this.#load()
    if (panel === undefined || this.#pill === undefined) return
    this.#memory.keep({ state: 'open' })
    const hadFocus = this.shadowRoot?.activeElement === this.#pill.button
    this.#pill.button.hidden = true
    panel.show()
    if (hadFocus) panel.focus()
  }

  /** Collapses it to its pill; it goes on hearing. */
  collapse(): void {
    if (this.#loading.kind !== 'here' || this.#pill === undefined) return
    const hadFocus = this.shadowRoot?.activeElement !== null
    this.#memory.keep({ state: 'collapsed' })
    this.#loading.panel.hide()
    this.#pill.button.hidden = false
    if (hadFocus) this.#pill.button.focus()
  }

  /** Puts it into a window of its own: only as an answer to what the reader did, as browsers have it. */
  async popOut(): Promise<void> {
    const panel = await this.#load()
    await panel?.popOut()
  }

  connectedCallback(): void {
    this.#parts = this.always ?? partsHere()
    if (this.#parts === undefined) return
    this.#furnish()
    this.#takeEarlyActor()
    this.#attachments.attach()
    this.#leaving = new AbortController()
    const looking = setInterval(() => this.#look(), glance)
    this.#leaving.signal.addEventListener('abort', () => clearInterval(looking))
    this.#look()
    if (this.#memory.standing.state === 'open') void this.open()
  }

  disconnectedCallback(): void {
    this.#leaving.abort()
    if (this.#loading.kind === 'here') this.#loading.panel.close()
    this.#loading = { kind: 'none' }
    this.#attachments.detach()
    if (this.#pill !== undefined) this.#pill.button.hidden = false
  }

  attributeChangedCallback(): void {
    const { theme } = this
    if (theme === 'system') delete this.#root?.dataset.theme
    else if (this.#root !== undefined) this.#root.dataset.theme = theme
    if (this.#loading.kind === 'here') this.#loading.panel.setTheme(theme)
  }

  /** As the attribute says. */
  get theme(): Theme {
    const theme = this.getAttribute('theme')
    return theme === 'light' || theme === 'dark' ? theme : 'system'
  }

  set theme(theme: Theme) {
    this.setAttribute('theme', theme)
  }

  #furnish(): void {
    if (this.shadowRoot !== null) return
    if (this.getAttribute('place') === 'right') this.#memory = new Memory('right')
    const shadow = this.attachShadow({ mode: 'open' })
    adoptPillStyle(shadow)
    const pill = createPill()
    const root = document.createElement('div')
    root.className = 'inspector'
    root.append(pill.button)
    shadow.append(root)
    pill.button.addEventListener('click', () => void this.open())
    this.#pill = pill
    this.#root = root
    this.attributeChangedCallback()
  }

  /** One that was set before the element was known hides the property of that name. */
  #takeEarlyActor(): void {
    if (!Object.hasOwn(this, 'actor')) return
    const given = this.actor
    Reflect.deleteProperty(this, 'actor')
    this.actor = given
  }

  #look(): void {
    if (this.isConnected && !document.hidden) this.#pill?.show(phaseAmong(this.#attachments.all))
  }

  /** `undefined`: it is not wanted any more, or could not be loaded. */
  async #load(): Promise<Panel | undefined> {
    const { shadowRoot: shadow } = this
    const [root, pill, parts] = [this.#root, this.#pill, this.#parts]
    if (this.#loading.kind === 'here') return this.#loading.panel
    if (this.#loading.kind === 'coming' || !this.isConnected) return undefined
    if (shadow === null || root === undefined || pill === undefined || parts === undefined) return undefined
    const { signal } = this.#leaving
    this.#loading = { kind: 'coming' }
    try {
      const { createPanel } = await parts.page()
      if (signal.aborted) return undefined
      const panel = await createPanel({
        shadow,
        root,
        link: this.#attachments.link,
        memory: this.#memory,
        collapse: () => this.collapse(),
        moved: (place) => {
          pill.button.hidden = place === 'docked'
        },
      })
      if (signal.aborted) {
        panel.close()
        return undefined
      }
      panel.setTheme(this.theme)
      this.#loading = { kind: 'here', panel }
      return panel
    } catch {
      if (signal.aborted) return undefined
      this.#loading = { kind: 'none' }
      pill.say('could not be loaded')
      return undefined
    }
  }
}

const tag = 'statewire-inspector'

/** Makes the element known. Does nothing on a server, nor when another copy of this module has done it: as a module does that is reloaded. */
export function defineInspector(): void {
  if (typeof customElements !== 'undefined' && customElements.get(tag) === undefined) {
    customElements.define(tag, InspectorElement)
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'statewire-inspector': InspectorElement
  }
}
