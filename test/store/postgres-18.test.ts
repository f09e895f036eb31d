import { inject } from 'vitest'
import { testStore } from '#test/support/database.ts'
import { auditLogSuite } from './suites/audit-log.ts'
import { externalServerSuite } from './suites/external-server.ts'
import { isolationSuite } from './suites/isolation.ts'
import { peopleSuite } from './suites/people.ts'
import { queueSuite } from './suites/queue.ts'
import { tasksSuite } from './suites/tasks.ts'

isolationSuite(testStore)
tasksSuite(testStore)
auditLogSuite(testStore)
peopleSuite(testStore)
queueSuite(testStore)
externalServerSuite(() => inject('postgres'))
