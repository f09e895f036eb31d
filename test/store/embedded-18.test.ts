import { embeddedSuite } from './suites/embedded.ts'

embeddedSuite()
