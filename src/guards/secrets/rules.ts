import { BUSINESS } from './rules/business.ts'
import { CLOUD } from './rules/cloud.ts'
import { CODE_HOSTING } from './rules/code-hosting.ts'
import { HASHES } from './rules/hashes.ts'
import { MESSAGES } from './rules/messages.ts'
import { MODELS } from './rules/models.ts'
import { OPERATIONS } from './rules/operations.ts'
import { PAYMENTS } from './rules/payments.ts'
import type { TokenRule } from './token-rule.ts'

/** Every token known by its maker's shape. */
export const TOKEN_RULES: readonly TokenRule[] = [
  ...CLOUD,
  ...CODE_HOSTING,
  ...MODELS,
  ...PAYMENTS,
  ...MESSAGES,
  ...OPERATIONS,
  ...BUSINESS,
  ...HASHES,
]
