import { existsSync, lstatSync } from 'node:fs'
import { join } from 'node:path'
import type { Phase } from './driver.ts'
import type { Image } from './image/images.ts'

/** Where programs inside find the way out, once with-relay.ts has opened it. */
export const EGRESS_ADDRESS = 'http://127.0.0.1:3128'
/** The host that the preset `npm` opens first. */
export const NPM_REGISTRY = 'registry.npmjs.org'

/**
 * The whole environment of a command in a sandbox; nothing of the host's is passed on. In the check phase there is no
 * proxy to name. `more` wins. With an image it is its programs that are searched for, and its list of authorities.
 */
export function sandboxEnvironment(
  phase: Phase,
  more: Readonly<Record<string, string>> = {},
  image?: Pick<Image, 'root' | 'path'>,
): Readonly<Record<string, string>> {
  const path = image === undefined ? {} : { PATH: `${image.path ?? USUAL_PATH}:${AIRLOCKS_NODE}` }
  return { ...BASE, ...path, ...QUIET, ...CACHES, ...NETWORK[phase](image?.root), ...more }
}

const AIRLOCKS_NODE = '/opt/airlock/node/bin'
const USUAL_PATH = '/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin'

const BASE = {
  // A project's own Node, when the host's /usr has one, comes before the one that Airlock brings along.
  PATH: `${USUAL_PATH}:${AIRLOCKS_NODE}`,
  HOME: '/home/agent',
  USER: 'agent',
  LOGNAME: 'agent',
  SHELL: '/bin/sh',
  LANG: 'C.UTF-8',
  TERM: 'dumb',
  TMPDIR: '/tmp',
  CI: '1',
}

/** Programs that ask, colour, count or phone home by default. */
const QUIET = {
  NO_COLOR: '1',
  DO_NOT_TRACK: '1',
  GIT_TERMINAL_PROMPT: '0',
  DEBIAN_FRONTEND: 'noninteractive',
  COREPACK_ENABLE_DOWNLOAD_PROMPT: '0',
  // Not repo.yarnpkg.com, which no preset opens: what it gives is published to the registry as well.
  COREPACK_NPM_REGISTRY: `https://${NPM_REGISTRY}`,
  npm_config_audit: 'false',
  npm_config_fund: 'false',
  npm_config_update_notifier: 'false',
  PIP_DISABLE_PIP_VERSION_CHECK: '1',
  PIP_NO_INPUT: '1',
  PYTHONDONTWRITEBYTECODE: '1',
}

/** Outside the workspace, so that no cache ends up in a patch. */
const CACHES = {
  XDG_CACHE_HOME: '/tmp/cache',
  npm_config_cache: '/tmp/cache/npm',
  PIP_CACHE_DIR: '/tmp/cache/pip',
  // What prepare downloads must still be there for the checks, and never in a patch: within .git it is both, since the
  // host reads nothing of an agent's .git.
  GOMODCACHE: '/workspace/.git/airlock/go/mod',
  GOFLAGS: '-modcacherw',
  CARGO_HOME: '/workspace/.git/airlock/cargo',
  COREPACK_HOME: '/workspace/.git/airlock/corepack',
  // Yarn 2 and later run packages out of the archives there.
  YARN_GLOBAL_FOLDER: '/workspace/.git/airlock/yarn',
  MAVEN_OPTS: '-Dmaven.repo.local=/workspace/.git/airlock/maven',
}

/** Both cases: curl reads the small one, most others the large one. Private ranges never stand in NO_PROXY. */
const PROXY = {
  HTTP_PROXY: EGRESS_ADDRESS,
  HTTPS_PROXY: EGRESS_ADDRESS,
  http_proxy: EGRESS_ADDRESS,
  https_proxy: EGRESS_ADDRESS,
  NO_PROXY: 'localhost,127.0.0.1',
  no_proxy: 'localhost,127.0.0.1',
  NODE_USE_ENV_PROXY: '1',
  // These two do not read the variables above.
  YARN_HTTP_PROXY: EGRESS_ADDRESS,
  YARN_HTTPS_PROXY: EGRESS_ADDRESS,
  MAVEN_OPTS: `${CACHES.MAVEN_OPTS} -Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=3128`,
}

const NETWORK: Readonly<Record<Phase, (imageRoot?: string) => Readonly<Record<string, string>>>> = {
  prepare: (imageRoot) => ({ ...PROXY, ...trust(imageRoot) }),
  run: () => PROXY,
  check: () => ({}),
}

const AUTHORITIES = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt']

/** For programs that bring their own list of authorities: whom the host trusts may vouch for a registry or its mirror. */
function trust(imageRoot: string | undefined): Readonly<Record<string, string>> {
  // Not followed in an image: its links mean nothing out here.
  const isThere = (path: string) =>
    imageRoot === undefined
      ? existsSync(path)
      : lstatSync(join(imageRoot, path), { throwIfNoEntry: false }) !== undefined
  const file = AUTHORITIES.find(isThere)
  return file === undefined ? {} : { NODE_EXTRA_CA_CERTS: file, PIP_CERT: file, REQUESTS_CA_BUNDLE: file }
}
