/** What TypeScript alone cannot read; `vue-tsc` needs none of this. */
declare module '*.vue' {
  import type { Component } from 'vue'

  const component: Component
  export default component
}
