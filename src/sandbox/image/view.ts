import { type Dirent, lstatSync, readdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { RootEntry } from '../bubblewrap/host-view.ts'

/**
 * What of an unpacked image stands in for the host's programs: its top-level links, and its directories but those that a
 * sandbox has of its own. Real directories only: a link bound by the host would lead anywhere on it.
 */
export function viewImage(root: string): readonly RootEntry[] {
  return [
    ...entriesOf(root, '').filter(({ path }) => !OWN.test(path)),
    // Airlock's own programs stand in /opt as well, so that it cannot be the image's as a whole.
    ...entriesOf(root, '/opt').filter(({ path }) => path !== '/opt/airlock'),
    ...entriesOf(root, '/var').filter(({ path }) => path === '/var/lib'),
  ]
}

/** Arranged by the profile, or where a spec may mount; homes hold what is for somebody else. */
const OWN =
  /^\/(?:dev|etc|home|lost\+found|media|mnt|opt|proc|root|run|srv|sys|tmp|var|workspace|[^/]*\.git)$/
/** Nothing an engine or a tar header could misread. */
const PLAIN = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,62}$/
const PLAIN_TARGET = /^[A-Za-z0-9._+/-]{1,90}$/
/** More mounts than that no image needs. */
const MOST = 64

function entriesOf(root: string, below: string): RootEntry[] {
  if (lstatSync(root + below, { throwIfNoEntry: false })?.isDirectory() !== true) return []
  const entries = readdirSync(root + below, { withFileTypes: true })
  return entries
    .filter(({ name }) => PLAIN.test(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .slice(0, MOST)
    .flatMap((entry) => entryOf(root, below, entry))
}

function entryOf(root: string, below: string, entry: Dirent): RootEntry[] {
  const path = `${below}/${entry.name}`
  const source = join(root, path)
  if (entry.isDirectory()) return [{ path, kind: 'directory', source }]
  if (!entry.isSymbolicLink() || below !== '') return []
  const to = readlinkSync(source)
  return PLAIN_TARGET.test(to) ? [{ path, kind: 'link', to }] : []
}
