// A linter of one page, so that the sample needs no dependencies. Prints `file:line:column: message [rule]`.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const RULES = [
  { rule: 'eqeqeq', pattern: /[^=!]==[^=]/, message: 'Use === instead of ==.' },
  { rule: 'no-var', pattern: /\bvar\s/, message: 'Use const or let instead of var.' },
  { rule: 'no-console', pattern: /\bconsole\.log\(/, message: 'Do not leave console.log behind.' },
  { rule: 'no-trailing-space', pattern: /[ \t]+$/, message: 'No space at the end of a line.' },
]

const complaints = filesBelow('src').flatMap((file) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((text, index) =>
      RULES.filter(({ pattern }) => pattern.test(text)).map(
        ({ rule, pattern, message }) => `${file}:${index + 1}:${text.search(pattern) + 1}: ${message} [${rule}]`,
      ),
    ),
)

for (const complaint of complaints) console.log(complaint)
process.exitCode = complaints.length > 0 ? 1 : 0

function filesBelow(directory) {
  return readdirSync(directory, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(directory, entry.name)
      return entry.isDirectory() ? filesBelow(path) : path.endsWith('.js') ? [path] : []
    })
}
