import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { AirlockError } from '#kernel/failure.ts'
import { changePrivateFile, readPrivateFile } from '#store/private-file.ts'

const Installed = z.strictObject({
  name: z.string(),
  version: z.string(),
  /** Of the lock file, which fixes every package in it by its SHA-512. */
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  installedAt: z.string(),
})
const Record = z.strictObject({
  version: z.literal(1),
  /** The version that tasks get unless their project names one. */
  pins: z.record(z.string(), z.string()),
  installed: z.array(Installed),
})
type Record = z.infer<typeof Record>

/** One version of an agent that is ready to be mounted. */
export interface InstalledPackage extends z.infer<typeof Installed> {
  /** Holds node_modules and the link `program`. */
  readonly directory: string
}

/** The agents of an installation: read-only directories named by their content, and one file that says which is which. */
export class PackageShelf {
  readonly directory: string
  readonly #file: string

  constructor(directory: string) {
    this.directory = directory
    this.#file = join(directory, 'installed.json')
  }

  async list(): Promise<readonly InstalledPackage[]> {
    const { installed } = await this.#read()
    return installed.map((entry) => ({ ...entry, directory: join(this.directory, folderOf(entry)) }))
  }

  async pins(): Promise<Readonly<{ [name: string]: string }>> {
    return (await this.#read()).pins
  }

  /** The version that is asked for, else the pinned one; undefined when it is not there. */
  async find(name: string, version?: string): Promise<InstalledPackage | undefined> {
    const wanted = version ?? (await this.pins())[name]
    const found = (await this.list()).find((entry) => entry.name === name && entry.version === wanted)
    if (found === undefined) return undefined
    return stat(found.directory).then(
      () => found,
      () => undefined,
    )
  }

  /** Takes in what has been placed at `directory/folderOf(entry)`. The first version of an agent becomes the pinned one. */
  async add(entry: z.infer<typeof Installed>, options: { readonly pin: boolean }): Promise<void> {
    await this.#change(({ pins, installed }) => {
      const others = installed.filter(({ name, version }) => name !== entry.name || version !== entry.version)
      const pin = options.pin || pins[entry.name] === undefined
      return { pins: pin ? { ...pins, [entry.name]: entry.version } : pins, installed: [...others, entry] }
    })
  }

  /** Forgets one version, or all of them; gives the directories that nothing names any more. */
  async remove(name: string, version?: string): Promise<readonly string[]> {
    let gone: readonly z.infer<typeof Installed>[] = []
    await this.#change(({ pins, installed }) => {
      gone = installed.filter((entry) => entry.name === name && (version ?? entry.version) === entry.version)
      const left = installed.filter((entry) => !gone.includes(entry))
      const pinned = gone.some((entry) => entry.version === pins[name])
      return {
        pins: pinned ? Object.fromEntries(Object.entries(pins).filter(([key]) => key !== name)) : pins,
        installed: left,
      }
    })
    return gone.map((entry) => join(this.directory, folderOf(entry)))
  }

  async #read(): Promise<Record> {
    return this.#parse(await readPrivateFile(this.#file))
  }

  #change(change: (record: Record) => Omit<Record, 'version'>): Promise<void> {
    return changePrivateFile(this.#file, (text) => {
      const changed = { version: 1, ...change(this.#parse(text)) }
      return `${JSON.stringify(changed, null, 2)}\n`
    })
  }

  #parse(text: string | undefined): Record {
    if (text === undefined) return { version: 1, pins: {}, installed: [] }
    const parsed = Record.safeParse(parseJson(text))
    if (parsed.success) return parsed.data
    throw new AirlockError({
      code: 'invalid_configuration',
      message: `${this.#file} does not list agents.`,
      remedy: 'Move it away and install the agents again with `airlock agents install`.',
    })
  }
}

/** The folder of an installed version, named by its content. */
export function folderOf({ name, version, digest }: z.infer<typeof Installed>): string {
  return `${name}-${version}-${digest.slice('sha256:'.length, 'sha256:'.length + 24)}`
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
