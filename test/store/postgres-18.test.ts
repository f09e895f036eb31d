import { testStore } from '#test/support/database.ts'
import { auditLogSuite } from './suites/audit-log.ts'
import { isolationSuite } from './suites/isolation.ts'
import { tasksSuite } from './suites/tasks.ts'

isolationSuite(testStore)
tasksSuite(testStore)
auditLogSuite(testStore)
