/**
 * As much of a W3C WebDriver client as opening one page needs.
 *
 * @module
 */

/** One browser, from its start to its end. */
export interface WebDriverSession {
  /** Resolves when the page has loaded. */
  navigate(url: string): Promise<void>
  /** Ends the browser. */
  delete(): Promise<void>
}

/** `true` once the driver answers: it listens a moment after its process has started. */
export async function isReady(driver: string): Promise<boolean> {
  return command(driver, 'GET', '/status').then(
    () => true,
    () => false,
  )
}

/** Starts a browser (W3C WebDriver section 8.1). Rejects with the driver's own words when it cannot. */
export async function openSession(driver: string, capabilities: object): Promise<WebDriverSession> {
  const created = await command(driver, 'POST', '/session', { capabilities: { alwaysMatch: capabilities } })
  const id = field(created, 'sessionId')
  if (typeof id !== 'string') throw new Error('The driver opened a session without an id.')
  return {
    async navigate(url) {
      await command(driver, 'POST', `/session/${id}/url`, { url })
    },
    async delete() {
      await command(driver, 'DELETE', `/session/${id}`)
    },
  }
}

async function command(driver: string, method: string, path: string, body?: object): Promise<unknown> {
  const answer = await fetch(driver + path, {
    method,
    headers: { 'content-type': 'application/json' },
    body: body === undefined ? null : JSON.stringify(body),
  })
  const value = field(await answer.json(), 'value')
  const error = field(value, 'error')
  if (error !== undefined) throw new Error(`${method} ${path}: ${error}: ${field(value, 'message')}`)
  return value
}

function field(holder: unknown, name: string): unknown {
  return typeof holder === 'object' && holder !== null ? Reflect.get(holder, name) : undefined
}
