/**
 * Everything a secret could come out at, written down as text.
 *
 * @module
 */

import { inspect } from 'node:util'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import pino from 'pino'
import { onTestFinished, vi } from 'vitest'
import type { Actor, InspectionEvent } from 'xstate'
import { stateOf } from '../../src/core.ts'
import { logTo, measure } from '../../src/observe.ts'
import { reportTo } from '../../src/opentelemetry.ts'
import type { AnyLogic } from '../transports/rows.ts'
import { type Canaries, found, type Place } from './canaries.ts'

/** One thing that was said, and where. */
interface Said {
  readonly surface: string
  readonly text: string
}

/** Our own positions are for the app to keep: they stand in events, in snapshots and so in what an inspector sees. */
const mayHoldPositions = /^(emitted|snapshot|persisted|inspection)/

export class Surfaces {
  readonly #said: Said[] = []

  /** Writes a value down as every sink would: as text, as JSON, and an error with all its fields but the cause. */
  hear(surface: string, value: unknown): void {
    for (const text of textsOf(value)) this.#said.push({ surface, text })
  }

  /** How often this surface was written to: nothing is found where nothing was said. */
  count(surface: string): number {
    return this.#said.filter((said) => said.surface.startsWith(surface)).length
  }

  /** Each leak once, as `surface: place`. */
  leaks(canaries: Canaries, wanted: (surface: string) => boolean = () => true): string[] {
    const leaks = this.#said
      .filter(({ surface }) => wanted(surface))
      .flatMap(({ surface, text }) =>
        found(canaries, text)
          .filter((place) => !isMeant(surface, place))
          .map((place) => `${surface}: ${place}`),
      )
    return [...new Set(leaks)]
  }
}

function isMeant(surface: string, place: Place): boolean {
  return place === 'position' && mayHoldPositions.test(surface)
}

function textsOf(value: unknown): string[] {
  const texts = [String(value), json(value)]
  if (value instanceof Error) texts.push(value.message, value.stack ?? '', json({ ...value }))
  else if (typeof value === 'object' && value !== null && 'error' in value) texts.push(...textsOf(value.error))
  return texts
}

/** JSON of anything: what was written already is not written again, which also ends every circle. */
function json(value: unknown): string {
  const seen = new WeakSet()
  const once = (_: string, part: unknown): unknown => {
    if (typeof part === 'bigint') return String(part)
    if (typeof part !== 'object' || part === null) return part
    if (seen.has(part)) return undefined
    seen.add(part)
    return part instanceof Map || part instanceof Set ? [...part] : part
  }
  return JSON.stringify(value, once) ?? ''
}

/** The events an app sends itself are in XState's own records as the app wrote them; they have a test of their own. */
export const isOwnEvent = (surface: string): boolean => /^inspection \S+ (send|close)$/.test(surface)

/** XState shows an actor's input with its first event; it has a test of its own. */
export const isFirstEvent = (surface: string): boolean => /^inspection .* xstate\.init$/.test(surface)

/** All but those two. */
export const isCommon = (surface: string): boolean => !isOwnEvent(surface) && !isFirstEvent(surface)

/** Hears the console and Node's warnings until the test is over. Nothing is printed meanwhile. */
export function hearConsole(surfaces: Surfaces): void {
  const methods = ['debug', 'log', 'info', 'warn', 'error', 'trace', 'dir'] as const
  for (const method of methods) {
    const spy = vi.spyOn(console, method).mockImplementation((...values: unknown[]) => {
      for (const value of values) {
        surfaces.hear(`console ${method}`, value)
        // A console prints an error with its cause, so that an error we print ourselves would give it away.
        surfaces.hear(`console ${method}`, inspect(value, { depth: 8 }))
      }
    })
    onTestFinished(() => spy.mockRestore())
  }
  const warned = (warning: Error): void => surfaces.hear('warning', warning)
  process.on('warning', warned)
  onTestFinished(() => void process.off('warning', warned))
}

/** For the `inspect` option of an actor. */
export function hearInspection(surfaces: Surfaces): (record: InspectionEvent) => void {
  return (record) => {
    const cause = 'event' in record ? record.event.type : 'action' in record ? record.action.type : ''
    surfaces.hear(`inspection ${record.type} ${cause}`, record)
  }
}

/** Everything that a connection says but its messages. Resolves the last figures when called. */
export function hearConnection(surfaces: Surfaces, actor: Actor<AnyLogic>): () => Promise<void> {
  const line =
    (surface: string) =>
    (message: string, fields: object): void => {
      surfaces.hear(surface, message)
      surfaces.hear(surface, fields)
    }
  const levels = { debug: line('log debug'), info: line('log info'), warn: line('log warn'), error: line('log error') }
  logTo(actor, levels, { level: 'debug' })
  logTo(actor, pino({ level: 'debug' }, { write: (text: string) => surfaces.hear('pino', text) }))
  const metrics = measure(actor)
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
  const provider = new MeterProvider({ readers: [reader] })
  reportTo(provider.getMeter('statewire'), metrics)
  for (const type of ['connecting', 'connected', 'reconnecting', 'gap', 'done', 'error', 'closed'] as const) {
    actor.on(type, (event) => surfaces.hear(`emitted ${type}`, event))
  }
  actor.subscribe((snapshot) => {
    surfaces.hear(`snapshot ${stateOf(snapshot)}`, snapshot)
    surfaces.hear('snapshot failure', snapshot.context.failure)
    surfaces.hear('persisted', actor.getPersistedSnapshot())
  })
  return async () => {
    surfaces.hear('metrics', metrics.snapshot())
    await reader.forceFlush()
    surfaces.hear('opentelemetry', exporter.getMetrics())
    await provider.shutdown()
  }
}
