import { FILE_CASES } from './cases/files.ts'
import { IMPORT_CASES } from './cases/imports.ts'
import { KERNEL_CASES } from './cases/kernel.ts'
import { LEAK_CASES } from './cases/leaks.ts'
import { LEFTOVER_CASES } from './cases/leftovers.ts'
import { LIMIT_CASES } from './cases/limits.ts'
import { NETWORK_CASES } from './cases/network.ts'
import { PRIVILEGE_CASES } from './cases/privileges.ts'
import { PROC_AND_DEVICE_CASES } from './cases/proc-and-devices.ts'
import { PROCESS_CASES } from './cases/processes.ts'
import type { LabCase } from './lab-case.ts'

/** Everything the lab tries, group by group. */
export const LAB_CASES: readonly LabCase[] = [
  ...FILE_CASES,
  ...PROC_AND_DEVICE_CASES,
  ...PRIVILEGE_CASES,
  ...PROCESS_CASES,
  ...KERNEL_CASES,
  ...NETWORK_CASES,
  ...LEAK_CASES,
  ...LIMIT_CASES,
  ...LEFTOVER_CASES,
  ...IMPORT_CASES,
]
