import { existsSync, lstatSync, readdirSync, readlinkSync } from 'node:fs'

/** What the profile takes from this host; read once, when the driver gets ready. */
export interface HostView {
  /** /usr; /bin, /lib, …: links into it on most systems, directories of their own on a few. */
  readonly roots: readonly RootEntry[]
  /** Entries of /proc that tell about the host or could disturb it; a mask over a missing file would fail the start. */
  readonly maskedFiles: readonly string[]
  readonly maskedDirectories: readonly string[]
  /** Of the real /etc: names that hold nothing secret and that programs do not work without; directories end in `/`. */
  readonly etc: readonly string[]
}

export type RootEntry =
  | { readonly path: string; readonly kind: 'link'; readonly to: string }
  /** `source` is where it stands on the host. */
  | { readonly path: string; readonly kind: 'directory'; readonly source: string }

const ROOTS = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32']

const MASKED_FILES = [
  'kallsyms',
  'kcore',
  'keys',
  'key-users',
  'kmsg',
  'kpagecgroup',
  'kpagecount',
  'kpageflags',
  'timer_list',
  'timer_stats',
  'sched_debug',
  'sysrq-trigger',
  'config.gz',
  'vmallocinfo',
  'slabinfo',
  'pagetypeinfo',
  'latency_stats',
]
const MASKED_DIRECTORIES = ['acpi', 'scsi', 'asound']

/** Shown from the host's /etc where they exist: which compiler `cc` is, and which certificates to trust. */
const ETC = ['alternatives/', 'ssl/certs/', 'pki/', 'ca-certificates/', 'ld.so.cache', 'localtime']

/** Without these Maven does not start. Its settings.xml beside them is not shown: it can hold passwords. */
const ETC_OF_MAVEN = ['maven/m2.conf', 'maven/logging/']

/** Debian keeps them outside of /usr, and no Java program gets far without; passwords can stand in `management/` only. */
const ETC_OF_JAVA = ['security/', 'net.properties', 'logging.properties']

export function viewHost(): HostView {
  return {
    roots: ROOTS.flatMap(rootEntry),
    maskedFiles: MASKED_FILES.map((name) => `/proc/${name}`).filter((path) => existsSync(path)),
    maskedDirectories: MASKED_DIRECTORIES.map((name) => `/proc/${name}`).filter((path) => existsSync(path)),
    etc: [...ETC, ...ETC_OF_MAVEN, ...etcOfJava()].filter((name) => existsSync(`/etc/${name}`)),
  }
}

function rootEntry(path: string): RootEntry[] {
  const entry = lstatSync(path, { throwIfNoEntry: false })
  if (entry === undefined) return []
  if (entry.isSymbolicLink()) return [{ path, kind: 'link', to: readlinkSync(path) }]
  return [{ path, kind: 'directory', source: path }]
}

function etcOfJava(): string[] {
  const versions = readdirSync('/etc').filter((name) => /^java-\d+-openjdk$/.test(name))
  return versions.flatMap((version) => ETC_OF_JAVA.map((name) => `${version}/${name}`))
}
