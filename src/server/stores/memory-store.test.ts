import { storeContract } from './contract.ts'
import { memoryStore } from './memory-store.ts'

storeContract('the memory store', async (options) => ({ store: memoryStore(options), reopen: null }), {
  survives: false,
  inProcess: true,
})
