/**
 * Mounts the chat.
 *
 * @module
 */
import '../style.css'
import { mount } from 'svelte'
import App from './App.svelte'

mount(App, { target: document.body })
