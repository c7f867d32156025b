import { hydrate, unmount } from 'svelte'
import Page from './Page.svelte'

const target = document.querySelector('main')
const url = new URLSearchParams(location.search).get('url')
if (target === null || url === null) throw new Error('The server left something out.')

const rendered = target.querySelector('output')
const page = hydrate(Page, { target, props: { url } })
// Hydrating takes the server's elements over instead of making others.
const tookOver = rendered !== null && rendered === target.querySelector('output')
Object.assign(globalThis, { tookOver, leave: () => unmount(page) })
