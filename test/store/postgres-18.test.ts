import { testStore } from '#test/support/database.ts'
import { isolationSuite } from './suites/isolation.ts'

isolationSuite(testStore)
