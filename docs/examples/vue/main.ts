/**
 * The application gets its connections here, once.
 *
 * @module
 */
import '../style.css'
import { transportPlugin } from 'statewire/vue'
import { createApp } from 'vue'
import App from './App.vue'

createApp(App).use(transportPlugin()).mount('#app')
