import { z } from 'zod'
import { ProjectFile } from '#contract/project-file.ts'

/** The published JSON Schema of `airlock.yaml`, as it stands in docs/airlock.schema.json. */
export function projectSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(ProjectFile, { io: 'input' })
  return { ...schema, title: 'airlock.yaml' }
}
