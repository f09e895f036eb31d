/** The lab under a server that has a terminal, once as it should be and once in the session of the server. */
import { labRig } from './lab-rig.ts'
import { without } from './weaker-profiles.ts'

const lab = await labRig()
const wanted = (id: string) => id === 'devices.open-terminal'
const options = without('--new-session')
for (const bubblewrap of [{}, { testingOnlyWeaken: { options } }]) {
  const { lines } = await lab.run({ wanted, bubblewrap })
  console.log(`verdict: ${lines.map(({ status }) => status)}`)
}
await lab.close()
