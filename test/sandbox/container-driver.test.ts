import { sandboxDriverSuite } from '#test/port-suites/sandbox-driver.ts'
import { containerRig } from './container-rig.ts'

sandboxDriverSuite('container', () => containerRig())
