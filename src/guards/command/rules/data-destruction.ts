import type { Invocation } from '../reading.ts'
import { firstOperand, hasWord, operands } from '../reading.ts'
import type { CommandRule } from '../rule.ts'

const CLIENTS = new Set(
  'mysql mariadb psql sqlite3 mongo mongosh cqlsh clickhouse-client sqlcmd bq influx duckdb snowsql'.split(
    ' ',
  ),
)
const DROPS = /\bdrop\s(database|schema|keyspace|user|role)\b|\bdropDatabase\b/i

export const dataDestruction: CommandRule = {
  name: 'command.data-destruction',
  class: 'destructive',
  explanation: 'Asks before a whole database, bucket, project, namespace or all volumes are destroyed.',
  remedy: 'Use a database of the test, by a name that says so; a person removes the rest.',
  refuses: [
    "psql -c 'DROP DATABASE production;'",
    'redis-cli FLUSHALL',
    'aws s3 rb s3://bucket --force',
    'terraform destroy -auto-approve',
    'docker system prune -a --volumes -f',
  ],
  allows: [
    "psql -c 'DROP TABLE IF EXISTS tmp_test'",
    'redis-cli ping',
    'aws s3 ls',
    'dropdb --if-exists test',
    'docker compose down -v',
  ],
  *look(reading) {
    for (const invocation of reading.invocations)
      if (destroys(invocation))
        yield {
          verdict: 'ask',
          reason: `${invocation.name} would destroy data that others may need.`,
          span: invocation.span,
        }
    for (const { names, interpreter, span } of reading.codes)
      if (names.has('dropDatabase'))
        yield { verdict: 'ask', reason: `The inline ${interpreter} program drops a database.`, span }
  },
}

function destroys({ name, args, input }: Invocation): boolean {
  const line = args
    .map(({ text }) => text)
    .join(' ')
    .slice(0, 8_000)
  if (CLIENTS.has(name)) return DROPS.test(line) || input.some(({ text }) => DROPS.test(text.slice(0, 8_000)))
  switch (name) {
    case 'redis-cli':
    case 'valkey-cli':
      return /\bflush(all|db)\b/i.test(line)
    case 'dropdb':
    case 'dropuser':
      return !operands(args).every(({ text }) => /test|tmp|dev|ci/i.test(text))
    case 'aws':
      return (
        (/^s3 (rb|rm) /.test(line) && hasWord(args, '--force', '--recursive')) ||
        /\b(delete|terminate)-(db|stack|bucket|instances|table|cluster|volume|snapshot|user)/.test(line)
      )
    case 'gcloud':
      return (
        /(projects|sql instances|container clusters|compute instances|compute disks|storage buckets) delete/.test(
          line,
        ) ||
        (line.includes('storage rm') && hasWord(args, '-r', '--recursive'))
      )
    case 'gsutil':
      return /\brm -r|\brb\b/.test(line)
    case 'az':
      return /(group|vm|sql|storage account|aks) delete/.test(line)
    case 'terraform':
    case 'tofu':
    case 'pulumi':
    case 'cdk':
      return firstOperand(args) === 'destroy' || hasWord(args, '-destroy')
    case 'kubectl':
    case 'oc':
      return /^delete (ns|namespaces?|pvc?|crds?|nodes?)\b|^delete .*--all\b/.test(line)
    case 'docker':
    case 'podman':
      return /^(system|volume) prune .*-(a|-all|-volumes|f)/.test(line) && !/--filter/.test(line)
    case 'heroku':
      return /(apps:destroy|pg:reset)/.test(line)
    case 'gh':
      return /^(repo|release|secret) delete/.test(line)
    default:
      return false
  }
}
