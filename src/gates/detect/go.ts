import type { Detected, Sources } from './detected.ts'

/** Go modules: build, vet and test everything. */
export async function detectGo({ paths, read }: Sources): Promise<Detected | undefined> {
  if (!paths.has('go.mod')) return undefined
  const required = /^require\b/m.test((await read('go.mod')) ?? '')
  const vendored = paths.has('vendor/modules.txt')
  const download = required && !vendored
  return {
    ecosystem: 'go',
    setup: download ? ['go mod download'] : [],
    egress: download ? ['go'] : [],
    gates: [
      { name: 'build', run: 'go build ./...' },
      { name: 'vet', run: 'go vet ./...' },
      { name: 'test', run: 'go test ./...' },
    ],
    why: [vendored ? 'go.mod, with vendored modules' : 'go.mod'],
  }
}
