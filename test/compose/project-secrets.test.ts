import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { projectSecrets } from '#compose/project-secrets.ts'
import { RemoteDirectory } from '#forge/remote-directory.ts'
import { ProviderDirectory } from '#gateway/provider-directory.ts'

const KEYED = { protocol: 'anthropic', baseUrl: 'https://api.example.org', models: [] } as const

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'airlock-secrets-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

test('what a project must not send to a model: every key, its own credential, and what others hold for it', async () => {
  const providers = new ProviderDirectory(join(directory, 'providers.json'), [
    { ...KEYED, name: 'from-environment', key: 'sk-environment-1' },
  ])
  await providers.add({ ...KEYED, name: 'stored', key: 'sk-stored-2' }, '2026-01-31T12:00:00.000Z')
  const remotes = new RemoteDirectory(join(directory, 'remotes.json'))
  const keyFile = join(directory, 'id_ed25519')
  await writeFile(keyFile, 'a private key\n', { mode: 0o600 })
  await remotes.keep('prj_http', { kind: 'password', username: 'bot', password: 'hunter2-token' })
  await remotes.keep('prj_ssh', { kind: 'ssh-key', keyFile })
  await remotes.keep('prj_gone', { kind: 'ssh-key', keyFile: join(directory, 'gone') })
  const more = async (organisation: string, project: string) => [
    { name: 'npmrc', value: `token of ${project} of ${organisation}` },
  ]
  const secretsOf = projectSecrets(providers, remotes, [more])
  const keys = [
    { name: 'stored-key', value: 'sk-stored-2' },
    { name: 'from-environment-key', value: 'sk-environment-1' },
  ]
  const own = async (project: string) => {
    const all = await secretsOf('org_1', project)
    expect(all.slice(0, 2)).toEqual(keys)
    expect(all.at(-1)).toEqual({ name: 'npmrc', value: `token of ${project} of org_1` })
    return all.slice(2, -1)
  }
  expect(await own('prj_http')).toEqual([{ name: 'git-password', value: 'hunter2-token' }])
  expect(await own('prj_ssh')).toEqual([{ name: 'git-ssh-key', value: 'a private key' }])
  expect(await own('prj_gone')).toEqual([])
  expect(await own('prj_none')).toEqual([])
})
