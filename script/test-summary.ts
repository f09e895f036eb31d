import { readFileSync } from 'node:fs'

/** Prints the closing line of script/test from Vitest's JSON report, and every skipped test with its reason. */
interface Report {
  numPassedTests: number
  numFailedTests: number
  testResults: {
    message: string
    name: string
    status: string
    assertionResults: { status: string; fullName: string }[]
  }[]
}

const report = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Report
const all = report.testResults.flatMap((file) => file.assertionResults)
const skipped = all.filter(({ status }) => status === 'skipped' || status === 'pending' || status === 'todo')
const broken = report.testResults.filter(
  (file) => file.status === 'failed' && file.assertionResults.length === 0,
)

for (const { fullName } of skipped) console.log(`skipped: ${fullName}`)
for (const { name, message } of broken) console.log(`could not run: ${name}\n${message}`)
console.log(
  `${report.numPassedTests} passed, ${report.numFailedTests + broken.length} failed, ${skipped.length} skipped`,
)
process.exitCode = report.numFailedTests + broken.length > 0 || report.numPassedTests === 0 ? 1 : 0
