/** The name of a module (`node:fs/promises`) as one segment of a dotted path. */
export function modulePath(source: string): string {
  return source.replace(/^node:/, '').replaceAll('.', '_')
}
