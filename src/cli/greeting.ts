/**
 * What `statewire serve` says when it listens: where it is, and one line each to connect.
 *
 * @module
 */

/** What the lines depend on. */
export interface GreetingFacts {
  /** Where the server listens, without a slash at the end. */
  readonly url: string
  readonly adminUrl: string | undefined
  /** Whether a token is asked for. The lines take it from the variable `TOKEN`: it must not end in a shell's history. */
  readonly tokens: boolean
}

/** The stream of the example. It comes into being with the first line. */
const EXAMPLE = 'demo'

/** The lines, each with a line feed. */
export function greeting({ url, adminUrl, tokens }: GreetingFacts): string {
  const stream = `${reachable(url)}/v1/stream/${EXAMPLE}`
  const live = `${stream}?offset=-1&live=sse`
  const bearer = tokens ? ' -H "Authorization: Bearer $TOKEN"' : ''
  const lines: [name: string, line: string][] = [
    ['create', `curl -X PUT${bearer} -H 'Content-Type: application/json' -d '{"hello":"world"}' '${stream}'`],
    ['curl', `curl -N${bearer} '${live}'`],
    ['client', client(stream, tokens)],
    // The native one cannot send a header, and a token in the URL would end in logs.
    ['EventSource', tokens ? 'cannot send a token: use the client' : eventSource(live)],
  ]
  const admin = adminUrl === undefined ? '' : `health and metrics: ${reachable(adminUrl)}/metrics\n`
  return `${url}\n${admin}${lines.map(([name, line]) => `${name.padEnd(12)} ${line}\n`).join('')}`
}

/** In double quotes only, like the next one: so it can stand in `node -e '…'` as well. */
function client(stream: string, tokens: boolean): string {
  const headers = tokens ? ', headers: { authorization: "Bearer " + process.env.TOKEN }' : ''
  const create = `const demo = createTransport("durable", { url: "${stream}"${headers} })`
  const listen = 'demo.on("event", ({ data }) => console.log(data))'
  return `import("statewire").then(({ createTransport }) => { ${create}; ${listen}; return demo.connect() })`
}

function eventSource(live: string): string {
  return `new EventSource("${live}&errors=event").addEventListener("data", ({ data }) => console.log(data))`
}

/** An address that means "every one of this machine" is none to connect to. */
function reachable(url: string): string {
  return url.replace('//0.0.0.0', '//127.0.0.1').replace('//[::]', '//[::1]')
}
