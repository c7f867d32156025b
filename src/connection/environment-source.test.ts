import { expect, test } from 'vitest'
import type { EnvironmentEmitted, EnvironmentSignal } from '../../machines/environment-types.ts'
import { TimeLine } from '../../test/simulation/time-line.ts'
import { createEnvironment } from './environment-source.ts'
import { withPlatform } from './surroundings.node.ts'

function openSource() {
  const time = new TimeLine()
  const calls: string[] = []
  let now: { network: 'online' | 'offline'; page: 'visible' | 'hidden' } = { network: 'online', page: 'visible' }
  let say: ((signal: EnvironmentSignal) => void) | null = null
  const environment = createEnvironment(
    {
      current: () => now,
      listen(send) {
        calls.push('listen')
        say = send
        return () => {
          calls.push('leave')
          say = null
        }
      },
    },
    time,
  )
  return {
    calls,
    environment,
    time,
    say: (signal: EnvironmentSignal) => say?.(signal),
    set: (surroundings: typeof now) => {
      now = surroundings
    },
  }
}

test('it is started with the first listener and stopped with the last, and can be started again', () => {
  const { calls, environment } = openSource()
  expect(calls).toEqual([])
  const leave = environment.subscribe(() => {})
  const other = environment.subscribe(() => {})
  expect(calls).toEqual(['listen'])
  leave()
  leave()
  expect(calls).toEqual(['listen'])
  other()
  expect(calls).toEqual(['listen', 'leave'])
  other()
  expect(calls).toEqual(['listen', 'leave'])
  environment.subscribe(() => {})()
  expect(calls).toEqual(['listen', 'leave', 'listen', 'leave'])
})

test('each listener hears each change once, one that was given twice hears it twice, one that left hears nothing', () => {
  const { environment, say } = openSource()
  const heard: string[] = []
  const listener = ({ type }: EnvironmentEmitted): void => void heard.push(type)
  const leave = environment.subscribe(listener)
  environment.subscribe(listener)
  say({ type: 'page', page: 'hidden' })
  expect(heard).toEqual(['page.hidden', 'page.hidden'])
  leave()
  say({ type: 'page', page: 'visible' })
  expect(heard).toEqual(['page.hidden', 'page.hidden', 'page.visible'])
})

test('while nobody listens the platform is asked, while somebody does the last signal counts', () => {
  const { environment, say, set } = openSource()
  expect(environment.current()).toEqual({ network: 'online', page: 'visible' })
  set({ network: 'offline', page: 'hidden' })
  expect(environment.current()).toEqual({ network: 'offline', page: 'hidden' })
  const leave = environment.subscribe(() => {})
  expect(environment.current()).toEqual({ network: 'offline', page: 'hidden' })
  say({ type: 'network', network: 'online' })
  say({ type: 'page', page: 'visible' })
  expect(environment.current()).toEqual({ network: 'online', page: 'visible' })
  leave()
  expect(environment.current()).toEqual({ network: 'offline', page: 'hidden' })
})

test('what it knows is current even while a flapping network is not said', async () => {
  const { environment, say, time } = openSource()
  const heard: string[] = []
  environment.subscribe(({ type }) => heard.push(type))
  say({ type: 'network', network: 'offline' })
  say({ type: 'network', network: 'online' })
  expect(environment.current().network).toBe('online')
  expect(heard).toEqual(['network.offline'])
  await time.pass(1_000)
  expect(heard).toEqual(['network.offline', 'network.online'])
})

test('the last one to leave takes the settling of the network along: nothing is left pending', () => {
  const { environment, say, time } = openSource()
  const leave = environment.subscribe(() => {})
  say({ type: 'network', network: 'offline' })
  expect(time.pending).toEqual([1_000])
  leave()
  expect(time.pending).toEqual([])
})

test('Node is silent: it hands nothing over', () => {
  const entered: unknown[] = []
  const leave = withPlatform((environment) => entered.push(environment))
  leave()
  expect(entered).toEqual([])
})
