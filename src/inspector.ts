/**
 * `statewire/inspector`: shows what the actors of an app do, to a page on your own machine.
 *
 * @module
 */
export * from '../inspector/attach/index.ts'
