/**
 * HTTP on Node: `node:http` and `node:https`, and `node:http2` where TLS negotiates it. The same stream costs 1.7 times the CPU
 * through `fetch`, which besides speaks HTTP/1.1 only.
 *
 * @module
 */
import { isAscii } from 'node:buffer'
import { setMaxListeners } from 'node:events'
import { type ClientRequest, type IncomingMessage, request as requestPlain } from 'node:http'
import { type RequestOptions, request as requestSecure } from 'node:https'
import type { TLSSocket } from 'node:tls'
import { TransportError } from '../errors.ts'
import { openHttp as openWithFetch } from './http.ts'
import { arrivedType, type HttpAnswer, httpAnswer, requestFailure } from './http-answer.ts'
import { type BodySource, ReadableBody } from './http-body.node.ts'
import { sendUpload, uploadFailure, uploadOf } from './http-upload.node.ts'
import { openHttp2 } from './http2.node.ts'
import { negotiate, tlsOptions } from './http2-sessions.node.ts'
import { isRedirect, redirected } from './redirect.ts'
import type { PreparedRequest } from './request.ts'

/** The chunk as a one-byte string when it is pure ASCII: 9 µs for 64 KiB, checked, where `TextDecoder` takes 78 on Node 20. */
export const asciiText = (chunk: Uint8Array): string | undefined => {
  if (!isAscii(chunk)) return undefined
  return (Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)).toString(
    'latin1',
  )
}

/**
 * Sends the request and waits for the headers of its answer. Rejects `network`, `tls`, `aborted`, `redirect_refused`,
 * `too_many_redirects`; any status is an answer.
 */
export async function openHttp(request: PreparedRequest): Promise<HttpAnswer> {
  // One signal ends a link's poll and up to eight posts with their answers: Node 20 would warn of a leak at the eleventh.
  setMaxListeners(0, request.signal)
  if (request.input.fetch !== undefined)
    return openWithFetch(request).catch((thrown: unknown) => rethrow(request, thrown))
  let current = request
  for (let hops = 0; ; hops++) {
    const answer = await openOnce(current)
    if (!isRedirect(answer.status)) return uncompressed(current, answer)
    answer.body.cancel()
    current = redirected(current, answer.status, answer.header('location'), hops)
  }
}

async function openOnce(request: PreparedRequest): Promise<HttpAnswer> {
  const { protocol } = request.input
  try {
    if (protocol === 'http/1.1' || (protocol === undefined && request.url.protocol === 'http:'))
      return await openHttp1(request)
    const agreed = await negotiate(request)
    return agreed.protocol === 'h2' ? await openHttp2(request, agreed) : await openHttp1(request, agreed.take())
  } catch (thrown) {
    throw nodeFailure(request, thrown)
  }
}

/** We asked for `identity`. Text that is not text must not reach a parser. */
function uncompressed(request: PreparedRequest, answer: HttpAnswer): HttpAnswer {
  const encoding = answer.header('content-encoding')?.toLowerCase() ?? 'identity'
  // `none` is not registered, but graphql-sse says it.
  if (['identity', 'none', ''].includes(encoding) || answer.status >= 300) return answer
  answer.body.cancel()
  throw requestFailure(
    request,
    'unexpected_content_type',
    `The answer is compressed (${encoding.slice(0, 20)}), which was not asked for.`,
    { status: answer.status, contentType: arrivedType(answer) },
  )
}

async function openHttp1(request: PreparedRequest, socket?: TLSSocket): Promise<HttpAnswer> {
  const { url, method, headers, signal } = request
  const upload = await uploadOf(request)
  const secure = url.protocol === 'https:'
  const options: RequestOptions = {
    method,
    headers: {
      'accept-encoding': 'identity',
      ...Object.fromEntries(headers),
      ...(upload.contentType === undefined ? {} : { 'content-type': upload.contentType }),
    },
    ...(secure ? tlsOptions(request) : {}),
    ...(socket === undefined ? {} : { createConnection: () => socket }),
  }
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const outgoing = (secure ? requestSecure : requestPlain)(url, options)
    const abort = (): void => void outgoing.destroy()
    const closed = (): void => {
      signal.removeEventListener('abort', abort)
      reject(new Error('closed before an answer'))
    }
    signal.addEventListener('abort', abort)
    outgoing.on('close', closed)
    outgoing.on('error', reject)
    // A server may answer 101 to anything; without a listener Node would leave the socket to nobody.
    outgoing.on('upgrade', abort)
    outgoing.once('response', (incoming) => {
      // A stream may live for days: it is not to keep what only its opening needed.
      signal.removeEventListener('abort', abort)
      outgoing.off('close', closed).off('error', reject).off('upgrade', abort).on('error', ignore)
      resolve(http1Answer(request, outgoing, incoming))
    })
    sendUpload(upload.body, outgoing).catch((cause: unknown) => {
      reject(uploadFailure(request, cause))
      outgoing.destroy()
    })
  })
}

/** An 'error' without a listener ends the process; the answer's own stream tells what happened. */
function ignore(): void {}

function http1Answer(request: PreparedRequest, outgoing: ClientRequest, incoming: IncomingMessage): HttpAnswer {
  return httpAnswer({
    status: incoming.statusCode ?? 0,
    url: request.url.href,
    header: (name) => headerOf(incoming.rawHeaders, name.toLowerCase()),
    body: new ReadableBody(request, new Http1Source(outgoing, incoming)),
  })
}

class Http1Source implements BodySource {
  readonly stream: IncomingMessage
  readonly #outgoing: ClientRequest

  constructor(outgoing: ClientRequest, stream: IncomingMessage) {
    this.stream = stream
    this.#outgoing = outgoing
  }

  intact(): boolean {
    return this.stream.complete
  }

  destroy(): void {
    this.#outgoing.destroy()
  }
}

/** Out of the list that is there anyway: the first look at `headersDistinct` builds 0.8 kB that live as long as the stream. */
function headerOf(rawHeaders: readonly string[], name: string): string | undefined {
  const values = rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name)
  return values.length === 0 ? undefined : values.join(', ')
}

/** Codes of Node's TLS layer. */
const TLS_CODE = /CERT|SELF_SIGNED|^ERR_(?:TLS|SSL)|VERIFY|ISSUER|EPROTO/

function codeOf(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined
}

/** Node's `fetch` hides the code two causes deep: in the cause of its TypeError, which is the cause of our failure. */
function rethrow(request: PreparedRequest, thrown: unknown): never {
  const given = thrown instanceof TransportError && thrown.code === 'network' ? thrown.cause : undefined
  if (given instanceof Error && TLS_CODE.test(codeOf(given.cause) ?? '')) throw tlsFailure(request, given)
  throw thrown
}

function tlsFailure(request: PreparedRequest, cause: unknown): TransportError {
  return requestFailure(request, 'tls', `The certificate or the TLS handshake of ${request.url.host} failed.`, {
    cause,
  })
}

function nodeFailure(request: PreparedRequest, thrown: unknown): TransportError {
  if (thrown instanceof TransportError) return thrown
  if (request.signal.aborted) return requestFailure(request, 'aborted', 'The request was aborted.', { cause: thrown })
  const code = codeOf(thrown)
  if (code !== undefined && TLS_CODE.test(code)) return tlsFailure(request, thrown)
  const reason = code === undefined ? '' : ` (${code})`
  return requestFailure(request, 'network', `No answer from ${request.url.host}${reason}.`, { cause: thrown })
}
