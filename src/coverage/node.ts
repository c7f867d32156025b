/**
 * `statewire/coverage/node`: counts every actor of a test process, into one file for all processes of a run.
 *
 * @module
 */
export { type Covered, type CoverOptions, coverMachines } from '../../inspector/testing/cover-machines.ts'
