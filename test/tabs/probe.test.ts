import { it } from 'vitest'
import { debuggerOf, roles, startEngineWithTabs } from './browser-rig.ts'
it('probe', async () => {
  const engine = await startEngineWithTabs('chromium')
  const stage = await engine.stage('sse')
  const tabs = await stage.openAll(3)
  const { leader } = await roles(tabs)
  const show = async (w: string) => {
    console.log(w, stage.readers(), stage.written().length)
    for (const t of tabs) { const s = await t.seen(); console.log(t === leader, s.dials, s.state, s.protocol, s.got.length) }
  }
  await leader.page.evaluate(`globalThis.log=[]; document.addEventListener('freeze',()=>log.push('freeze '+performance.now())); document.addEventListener('resume',()=>log.push('resume '+performance.now())); setInterval(()=>log.push('tick '+Math.round(performance.now())),100); document.addEventListener('visibilitychange',()=>log.push('v '+document.visibilityState))`)
  await show('before')
  const session = await debuggerOf(leader)
  await session.send('Page.setWebLifecycleState', { state: 'frozen' })
  for (let i = 0; i < 5; i++) { await new Promise((r) => setTimeout(r, 300)); await stage.write(100); await show('frozen') }
  console.log(await leader.page.evaluate('log'))
  await session.send('Page.setWebLifecycleState', { state: 'active' })
  for (let i = 0; i < 3; i++) { await new Promise((r) => setTimeout(r, 300)); await stage.write(100); await show('active') }
  console.log(await leader.page.evaluate('log'))
  await engine.close()
})
