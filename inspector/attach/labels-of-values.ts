/**
 * What is shown of values that are no data: by their name, not by what they hold.
 *
 * @module
 */

/** As many bytes of an array as are shown. */
const head = 16

function hexOf(bytes: Uint8Array): string {
  const shown = [...bytes.subarray(0, head)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return bytes.length > head ? `${shown}…` : shown
}

function bytesLabel(value: object): string | undefined {
  if (ArrayBuffer.isView(value)) {
    const { buffer, byteLength, byteOffset } = value
    const size = 'length' in value ? value.length : byteLength
    return `${value.constructor.name}(${size}) ${hexOf(new Uint8Array(buffer, byteOffset, Math.min(byteLength, head + 1)))}`.trim()
  }
  if (!(value instanceof ArrayBuffer)) return undefined
  return `ArrayBuffer(${value.byteLength}) ${hexOf(new Uint8Array(value, 0, Math.min(value.byteLength, head + 1)))}`.trim()
}

/** An element as a style sheet would name it; its content and its other attributes are not shown. */
function nodeLabel(value: object): string | undefined {
  if (!('nodeType' in value) || !('nodeName' in value)) return undefined
  return `<${String(value.nodeName).toLowerCase()}>`
}

function constructorName(value: object): string {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (typeof prototype !== 'object' || prototype === null) return 'Object'
  const made: unknown = Reflect.get(prototype, 'constructor')
  return typeof made === 'function' && made.name !== '' ? made.name : 'Object'
}

/** Whether its fields are its content: it was written as a literal, in this realm or another. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === null || prototype === Object.prototype) return true
  return (
    typeof prototype === 'object' && Object.getPrototypeOf(prototype) === null && constructorName(value) === 'Object'
  )
}

/** A label for what is not opened up: bytes, nodes, instances. `undefined` for plain objects and what is shown as one. */
export function labelOfObject(value: object): string | undefined {
  if (typeof value === 'function') return value.name === '' ? 'ƒ' : `ƒ ${value.name}`
  const special = bytesLabel(value) ?? nodeLabel(value)
  if (special !== undefined) return special
  return isPlain(value) ? undefined : `${constructorName(value)} {…}`
}
