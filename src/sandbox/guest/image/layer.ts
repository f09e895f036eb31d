import { createHash } from 'node:crypto'
import {
  closeSync,
  createReadStream,
  fchmodSync,
  futimesSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { PassThrough, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { type Extract, extract, type Header } from 'tar-stream'
import { directoryIn, entryAt, partsOf, Refused, refuseClimbing, shown } from './place.ts'

/** What may still be unpacked; counted down over all layers of an image. */
export interface Allowance {
  entries: number
  bytes: number
  /** Devices, pipes and the like, which are left out. */
  leftOut: number
}

const TOO_LARGE = 'the image is larger than may be unpacked'
const WHITEOUT = '.wh.'
const OPAQUE = '.wh..wh..opq'

/**
 * Unpacks one layer over those below it (OCI image specification, "Image Layer Filesystem Changeset"): files with plain
 * modes, directories, links; nothing with a set-id bit, no device, no pipe, nobody's ownership. Throws `Refused`.
 */
export async function applyLayer(
  root: string,
  file: string,
  diffId: string | undefined,
  allowance: Allowance,
): Promise<void> {
  const hash = createHash('sha256')
  const measured = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk)
      allowance.bytes -= chunk.length
      if (allowance.bytes < 0) done(new Refused(TOO_LARGE))
      else done(null, chunk)
    },
  })
  const archive = extract()
  const reading = pipeline(createReadStream(file), decompressor(file), measured, asNodeStream(archive))
  reading.catch((error: Error) => archive.destroy(error))
  const layer = new Layer(root)
  for await (const entry of archive) {
    allowance.entries -= 1
    if (allowance.entries < 0) throw new Refused('the image holds more entries than may be unpacked')
    if (!(await layer.apply(entry, allowance))) allowance.leftOut += 1
    entry.resume()
  }
  await reading
  if (diffId !== undefined && `sha256:${hash.digest('hex')}` !== diffId)
    throw new Refused('a layer is not the one that the configuration of the image names')
}

type Entry = Extract extends AsyncIterable<infer Each> ? Each : never

/** Its own kind of stream, which pipes like Node's and has other types. */
function asNodeStream(archive: Extract): NodeJS.WritableStream {
  return archive as unknown as NodeJS.WritableStream
}

/** By the first bytes: media types are the sender's word. */
function decompressor(file: string) {
  const magic = Buffer.alloc(4)
  const descriptor = openSync(file, 'r')
  readSync(descriptor, magic, 0, 4, 0)
  closeSync(descriptor)
  if (magic.readUInt16BE(0) === 0x1f8b) return createGunzip()
  return magic.readUInt32LE(0) === 0xfd2fb528 ? createZstdDecompress() : new PassThrough()
}

class Layer {
  readonly #root: string
  /** What this layer has brought: its own whiteouts do not touch that, wherever they stand in it. */
  readonly #own = new Set<string>()

  constructor(root: string) {
    this.#root = root
  }

  /** False for what is left out. */
  async apply(entry: Entry, allowance: Allowance): Promise<boolean> {
    const { header } = entry
    const parts = partsOf(header.name)
    const name = parts.at(-1)
    const target = header.linkname ?? '' // none, whatever its type says, where the header has none
    if (name === undefined) return true
    if (OF_THE_KERNEL.test(parts[0] ?? '')) return false
    const parent = directoryIn(this.#root, parts.slice(0, -1), (path) => this.#own.add(path))
    if (name.startsWith(WHITEOUT)) return this.#whiteOut(parent, name)
    const path = join(parent, name)
    switch (header.type) {
      case 'directory':
        this.#makeDirectory(path)
        return true
      case 'file':
      case 'contiguous-file':
        if (Object.keys(header.pax ?? {}).some((key) => key.startsWith('GNU.sparse')))
          throw new Refused(`${shown(header.name)} is a sparse file`)
        this.#makeWay(path)
        await writeFile(path, entry, header)
        break
      case 'symlink':
        refuseClimbing(target, parts.slice(0, -1))
        this.#makeWay(path)
        symlinkSync(target, path)
        break
      case 'link':
        allowance.bytes -= this.#link(path, partsOf(target))
        if (allowance.bytes < 0) throw new Refused(TOO_LARGE)
        break
      case 'block-device':
      case 'character-device':
      case 'fifo':
        return false
      default:
        throw new Refused(`${shown(header.name)} is of an unknown kind`)
    }
    this.#own.add(path)
    return true
  }

  #makeDirectory(path: string): void {
    if (entryAt(path)?.isDirectory() !== true) {
      this.#makeWay(path)
      mkdirSync(path, { mode: 0o755 })
    }
    this.#own.add(path)
  }

  #makeWay(path: string): void {
    if (entryAt(path) !== undefined) rmSync(path, { recursive: true, force: true })
  }

  /** Returns the size of the file: whoever reads the tree reads it once for each of its names. */
  #link(path: string, target: readonly string[]): number {
    const source = join(directoryIn(this.#root, target.slice(0, -1)), target.at(-1) ?? '')
    const found = entryAt(source)
    if (found?.isFile() !== true)
      throw new Refused(`a hard link leads to ${shown(target.join('/'))}, which is no file of the image`)
    if (source === path) return 0
    this.#makeWay(path)
    linkSync(source, path)
    return found.size
  }

  #whiteOut(parent: string, name: string): true {
    if (name === OPAQUE) for (const child of readdirSync(parent)) this.#remove(join(parent, child))
    // Other names of this form are the bookkeeping of a file system that images were once made on.
    else if (!name.startsWith('.wh..wh.')) {
      const hidden = name.slice(WHITEOUT.length)
      if (hidden === '' || hidden === '.' || hidden === '..')
        throw new Refused(`${shown(name)} hides no file`)
      this.#remove(join(parent, hidden))
    }
    return true
  }

  /** Removes what layers below have brought. */
  #remove(path: string): void {
    const found = entryAt(path)
    if (found === undefined) return
    if (!found.isDirectory()) {
      if (!this.#own.has(path)) unlinkSync(path)
      return
    }
    for (const child of readdirSync(path)) this.#remove(join(path, child))
    if (!this.#own.has(path) && readdirSync(path).length === 0) rmdirSync(path)
  }
}

/** A sandbox has its own. */
const OF_THE_KERNEL = /^(?:dev|proc|sys)$/

async function writeFile(path: string, entry: Entry, { mode, mtime }: Header): Promise<void> {
  const descriptor = openSync(path, 'wx', 0o600)
  try {
    for await (const chunk of entry) writeAll(descriptor, chunk as Buffer)
    fchmodSync(descriptor, (mode & 0o111) === 0 ? 0o644 : 0o755)
    // Python takes a compiled file for stale when the time of its source has changed.
    const seconds = Math.floor(mtime.getTime() / 1_000)
    if (seconds > 0 && seconds < 2 ** 32) futimesSync(descriptor, seconds, seconds)
  } finally {
    closeSync(descriptor)
  }
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at)
}

/** Empty files at these paths, below directories that are none but directories: what is mounted there needs a place. */
export function makePlaces(root: string, places: readonly string[]): void {
  for (const place of places) {
    const parent = join(root, dirname(place))
    if (entryAt(parent)?.isDirectory() !== true) {
      rmSync(parent, { recursive: true, force: true })
      mkdirSync(parent, { mode: 0o755 })
    }
    const path = join(parent, basename(place))
    rmSync(path, { recursive: true, force: true })
    closeSync(openSync(path, 'wx', 0o644))
  }
}
