import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ContainerRig, containerRig } from '#test/sandbox/container-rig.ts'
import { type LabRig, labRig } from './lab-rig.ts'

let lab: LabRig
let containers: ContainerRig
beforeAll(async () => {
  lab = await labRig()
  containers = await containerRig(['--writable', lab.rig.root])
})
afterAll(async () => {
  await containers.close()
  await lab.close()
})

test('nothing that the lab tries gets through in a container', { timeout: 300_000 }, async () => {
  const report = await lab.run({ around: () => containers.driver })
  expect(report.lines.filter(({ status }) => status !== 'stopped')).toEqual([])
  expect(report).toMatchObject({ driver: 'container', counts: { stopped: report.lines.length } })
  expect(report.lines.length).toBeGreaterThan(180)
})
