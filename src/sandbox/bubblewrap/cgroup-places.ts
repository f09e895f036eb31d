/** Where this process may put the cgroups of its sandboxes, by the kernel's own account. */
export type CgroupPlaces =
  /** One directory per controller. */
  | { readonly version: 1; readonly memory: string; readonly pids: string; readonly cpu?: string }
  /** Candidates from the process's own cgroup up to the root; the first one that can be used is the one. */
  | { readonly version: 2; readonly candidates: readonly string[] }

/**
 * Reads /proc/self/mountinfo and /proc/self/cgroup (formats: proc(5), cgroups(7)). Version 1 is chosen when it holds
 * the memory and pids controllers: on a hybrid host the unified hierarchy is mounted but has none of them.
 */
export function cgroupPlaces(mountinfo: string, cgroups: string): CgroupPlaces | undefined {
  const mounts = mountinfo.split('\n').flatMap(parseMount)
  const own = new Map(cgroups.split('\n').flatMap(parseMembership))
  const place = (controller: string) => {
    const mount = mounts.find(
      ({ type, controllers }) => type === 'cgroup' && controllers.includes(controller),
    )
    const path = own.get(controller)
    return mount && path !== undefined ? inside(mount, path) : undefined
  }
  const [memory, pids, cpu] = [place('memory'), place('pids'), place('cpu')]
  if (memory !== undefined && pids !== undefined)
    return { version: 1, memory, pids, ...(cpu === undefined ? {} : { cpu }) }
  const unified = mounts.find(({ type }) => type === 'cgroup2')
  const path = own.get('')
  if (unified === undefined || path === undefined) return undefined
  return { version: 2, candidates: upTo(unified.point, inside(unified, path)) }
}

interface Mount {
  /** The directory of the hierarchy that is mounted: not `/` in a container without a cgroup namespace. */
  readonly root: string
  readonly point: string
  readonly type: string
  readonly controllers: readonly string[]
}

function parseMount(line: string): Mount[] {
  const [before, after] = line.split(' - ')
  const [, , , root, point] = before?.split(' ') ?? []
  const [type, , options] = after?.split(' ') ?? []
  if (root === undefined || point === undefined || type === undefined || options === undefined) return []
  return [{ root, point, type, controllers: options.split(',') }]
}

function parseMembership(line: string): [string, string][] {
  const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? []
  if (controllers === undefined || path === undefined) return []
  return controllers.split(',').map((controller) => [controller, path])
}

function inside(mount: Mount, path: string): string {
  const below = path.startsWith(mount.root) ? path.slice(mount.root.length) : path
  return `${mount.point}/${below}`.replace(/\/+/g, '/').replace(/\/$/, '')
}

function upTo(top: string, from: string): string[] {
  const places = [from]
  for (let place = from; place.length > top.length && place.startsWith(top); ) {
    place = place.slice(0, place.lastIndexOf('/'))
    places.push(place)
  }
  return places
}
