/** Languages whose grammars do not come with ast-grep itself; sandboxes that scan are shown the package of each. */
export const ADDED_GRAMMARS = ['python', 'go', 'java', 'csharp', 'ruby', 'php'] as const

export function grammarPackage(name: (typeof ADDED_GRAMMARS)[number]): string {
  return `@ast-grep/lang-${name}`
}
