/**
 * `statewire/inspector/vue`: the inspector as a panel in a Vue app.
 *
 * @module
 */
import { defineComponent, onMounted, onUnmounted, type PropType, watch } from 'vue'
import type { Attachable } from '../../inspector/attach/attach.ts'
import { type InspectorPanelOptions, inspectorPanel } from '../../inspector/element/inspector-panel.ts'

/**
 * Shows an actor in the page's panel while it is mounted; several of them share the panel. Renders nothing itself, and does nothing in
 * a production build. Of `options` those count that stood there when the actor came.
 *
 * @example
 * <InspectorPanel :actor="chat" />
 */
export const InspectorPanel = defineComponent({
  name: 'InspectorPanel',
  props: {
    actor: { type: Object as PropType<Attachable>, required: true },
    options: { type: Object as PropType<InspectorPanelOptions>, default: () => ({}) },
  },
  setup(props) {
    let leave = (): void => {}
    const show = (): void => {
      leave()
      leave = inspectorPanel(props.actor, props.options)
    }
    // Mounting is what a server never does.
    onMounted(show)
    watch(() => props.actor, show)
    onUnmounted(() => leave())
    return () => null
  },
})
