const TEST_FILE =
  /(?:^|\/)(?:__tests__|tests?|spec|specs)\/.*\.(?:[cm]?[jt]sx?|py|rb|go|rs|java|kt|php|cs)$|(?:[._-](?:test|spec|tests|e2e|cy)\.[cm]?[jt]sx?|_test\.(?:go|py|rb)|(?:^|\/)test_[^/]*\.py|(?:^|\/)conftest\.py|_spec\.rb|Tests?\.(?:java|kt|cs|php))$/

const NOT_A_TEST = /(?:^|\/)(?:fixtures|__fixtures__|vectors|testdata|support|__mocks__)\//

/** The start of one test, in the languages whose tests are found by name or mark. */
export const TEST_START =
  /^(?:[xf]?(?:it|test)(?:\.(?:each|concurrent|only|skip|todo|fails)\b.*)?\s*[(`]|(?:async )?def test_|func Test\w+\(|#\[(?:\w+::)?test\b|@Test\b)/

/** Whether a path is that of a test by the customs of its language. */
export function isTestFile(path: string): boolean {
  return TEST_FILE.test(path) && !NOT_A_TEST.test(path)
}

/** Rust keeps unit tests beside the code they test. */
export function mayHoldTests(path: string): boolean {
  return isTestFile(path) || path.endsWith('.rs')
}
