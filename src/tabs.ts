/**
 * `statewire/tabs`: one connection for all tabs of an origin.
 *
 * @module
 */
export { type AcrossTabsOptions, acrossTabs } from './tabs/across-tabs.ts'
