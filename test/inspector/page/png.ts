/**
 * Makes a PNG of a browser smaller without losing a point of it. Pictures of text and lines pack best unfiltered; browsers filter.
 *
 * @module
 */
import { crc32, deflateSync, inflateSync } from 'node:zlib'

interface Chunk {
  readonly kind: string
  readonly data: Buffer
}

const signature = 8

function chunksOf(png: Buffer): Chunk[] {
  const chunks: Chunk[] = []
  for (let at = signature; at < png.length; ) {
    const length = png.readUInt32BE(at)
    chunks.push({ kind: png.toString('latin1', at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length) })
    at += length + 12
  }
  return chunks
}

function written({ kind, data }: Chunk): Buffer {
  const chunk = Buffer.alloc(data.length + 12)
  chunk.writeUInt32BE(data.length, 0)
  chunk.write(kind, 4, 'latin1')
  data.copy(chunk, 8)
  chunk.writeUInt32BE(crc32(chunk.subarray(4, data.length + 8)), data.length + 8)
  return chunk
}

/** What the filter of a row has taken off a byte: from its neighbours to the left, above, and above to the left. */
function predicted(filter: number, left: number, above: number, corner: number): number {
  if (filter === 1) return left
  if (filter === 2) return above
  if (filter === 3) return (left + above) >> 1
  if (filter !== 4) return 0
  const sum = left + above - corner
  const [toLeft, toAbove, toCorner] = [Math.abs(sum - left), Math.abs(sum - above), Math.abs(sum - corner)]
  if (toLeft <= toAbove && toLeft <= toCorner) return left
  return toAbove <= toCorner ? above : corner
}

/** @param width of a row in bytes. @param point in bytes. */
function unfiltered(rows: Buffer, width: number, point: number): Buffer {
  const plain = Buffer.alloc(rows.length)
  for (let start = 0; start < rows.length; start += width + 1) {
    const filter = rows[start] ?? 0
    for (let at = start + 1; at <= start + width; at += 1) {
      const above = at - width - 1
      const isFirst = at - start <= point
      const left = isFirst ? 0 : (plain[at - point] ?? 0)
      const corner = isFirst || above < 0 ? 0 : (plain[above - point] ?? 0)
      plain[at] = (rows[at] ?? 0) + predicted(filter, left, above < 0 ? 0 : (plain[above] ?? 0), corner)
    }
  }
  return plain
}

/** @param png of eight bits a channel without a palette, as browsers write it; another one is given back as it is. */
export function packed(png: Buffer): Buffer {
  const chunks = chunksOf(png)
  const header = chunks.find(({ kind }) => kind === 'IHDR')?.data
  const point = header?.[9] === 2 ? 3 : 4
  if (header === undefined || header[8] !== 8 || (header[9] !== 2 && header[9] !== 6)) return png
  const rows = inflateSync(Buffer.concat(chunks.filter(({ kind }) => kind === 'IDAT').map(({ data }) => data)))
  const data = deflateSync(unfiltered(rows, header.readUInt32BE(0) * point, point), { level: 9, memLevel: 9 })
  const smaller = Buffer.concat([
    png.subarray(0, signature),
    written({ kind: 'IHDR', data: header }),
    written({ kind: 'IDAT', data }),
    written({ kind: 'IEND', data: Buffer.alloc(0) }),
  ])
  return smaller.length < png.length ? smaller : png
}
