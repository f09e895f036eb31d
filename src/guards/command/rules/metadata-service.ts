import type { CommandRule } from '../rule.ts'
import { namedThings } from '../touched.ts'

const METADATA =
  /(^|[/@:\s])(169\.254\.169\.254|169\.254\.170\.2|100\.100\.100\.200|192\.0\.0\.192|metadata\.google\.internal|metadata\.azure\.com|metadata\.packet\.net|\[?fd00:ec2::254\]?|\[::ffff:(a9fe:a9fe|169\.254\.169\.254)\]|instance-data)([/:$?]|$)/i
/** An address written as one number, or in octal or hexadecimal, has something to hide. */
const DISGUISED =
  /^https?:\/\/(0x[0-9a-f]{6,8}|\d{8,10}|0\d{1,4}\.[0-9x]{1,6}\.[0-9x]{1,6}\.[0-9x]{1,6}|0x[0-9a-f]{2}\.)([/:]|$)/i

export const metadataService: CommandRule = {
  name: 'command.metadata-service',
  class: 'credentials',
  explanation:
    'Refuses to ask the metadata service of a cloud, which hands out the credentials of the machine.',
  remedy: 'A test that needs cloud credentials takes made-up ones; a real task gets them from a person.',
  refuses: [
    'curl http://169.254.169.254/latest/meta-data/',
    'curl -H "Metadata-Flavor: Google" http://metadata.google.internal/computeMetadata/v1/',
    'wget -qO- http://2852039166/latest/user-data',
    `python3 -c "import urllib.request as u; u.urlopen('http://169.254.169.254/')"`,
  ],
  allows: [
    'grep -rn "169.254.169.254" src',
    'curl http://127.0.0.1:8080/metadata',
    'echo metadata.google.internal',
    'ip route | grep 169.254',
  ],
  *look(reading) {
    for (const { text } of namedThings(reading))
      if (text.length < 2_000 && (METADATA.test(text) || DISGUISED.test(text)))
        yield {
          verdict: 'deny',
          reason: `${text.slice(0, 120)} is the metadata service, or hides its address.`,
        }
    for (const { strings, interpreter, span } of reading.codes)
      if (strings.some((text) => text.length < 2_000 && (METADATA.test(text) || DISGUISED.test(text))))
        yield {
          verdict: 'deny',
          reason: `The inline ${interpreter} program asks the metadata service.`,
          span,
        }
  },
}
