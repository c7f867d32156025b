/**
 * `statewire/opentelemetry`: the figures of `statewire/observe` through a meter of yours. An entry of its own, because its types are
 * those of `@opentelemetry/api`, which nobody else needs to install.
 *
 * @module
 */
export { reportTo } from './observe/report-to.ts'
