import type { Invocation } from '../reading.ts'
import { hasFlag, hasWord, operands, optionValues } from '../reading.ts'
import type { CommandRule } from '../rule.ts'

const ENDLESS = /^\/dev\/(zero|u?random|full)$/

export const resourceExhaustion: CommandRule = {
  name: 'command.resource-exhaustion',
  class: 'resource-bomb',
  explanation: 'Refuses to fill the disk or the memory from a source that never ends.',
  remedy: 'Give a size: `head -c 10M /dev/zero`, `dd … bs=1M count=10`.',
  refuses: [
    'cat /dev/zero > fill',
    'dd if=/dev/zero of=fill bs=1M',
    'yes > big.txt',
    'fallocate -l 10T x',
    'tail /dev/zero',
  ],
  allows: [
    'dd if=/dev/zero of=disk.img bs=1M count=64',
    'head -c 1M /dev/urandom > random.bin',
    'yes | head -5',
    'yes > /dev/null',
    'fallocate -l 1G swap.img',
  ],
  *look(reading) {
    const idle = reading.invocations.filter(({ name, background }) => name === 'yes' && background)
    if (idle.length > 1) yield { verdict: 'deny', reason: 'It starts several programs that only burn time.' }
    for (const { does, span } of reading.endless)
      if (does === 'grow') yield { verdict: 'deny', reason: 'An endless loop makes directories.', span }
      else if (does === 'flood')
        yield { verdict: 'ask', reason: 'An endless loop sends requests without a pause.', span }
    for (const invocation of reading.invocations)
      if (exhausts(invocation, reading.invocations))
        yield {
          verdict: 'deny',
          reason: `${invocation.name} would go on until nothing is left.`,
          span: invocation.span,
        }
    for (const { text, interpreter, span } of reading.codes)
      if (
        /while\s?\(?(True|true|1|:)/.test(text) &&
        /\b(append|push|extend|\+=\s?['"])/.test(text) &&
        !/break|sleep/.test(text)
      )
        yield { verdict: 'deny', reason: `The inline ${interpreter} program takes memory without end.`, span }
  },
}

function exhausts(invocation: Invocation, all: readonly Invocation[]): boolean {
  const { name, args, redirects, upstream, via } = invocation
  if (args.some(({ text }) => /^stratum\+(tcp|ssl):/.test(text))) return true
  const saves = redirects.some(
    ({ operator, target }) => operator.startsWith('>') && !/^(\/dev\/|&|\d+$)/.test(target.text),
  )
  switch (name) {
    case 'yes':
      return saves
    case 'cat':
    case 'tail':
    case 'sort':
    case 'tac':
    case 'less':
    case 'grep': {
      const endless = args.some(({ text }) => ENDLESS.test(text))
      const bounded = all.some(
        (other) =>
          other.upstream.includes(invocation) && /^(head|dd|tr|fold|od|xxd|base64)$/.test(other.name),
      )
      return (
        endless &&
        (saves || (name !== 'cat' && name !== 'tail' && name !== 'grep') || name === 'tail') &&
        !bounded &&
        !(name === 'tail' && hasFlag(args, 'c'))
      )
    }
    case 'dd': {
      const value = (key: string) =>
        args.find(({ text }) => text.startsWith(`${key}=`))?.text.slice(key.length + 1)
      if (!ENDLESS.test(value('if') ?? '') || /^\/dev\//.test(value('of') ?? '/dev/stdout')) return false
      const count = Number.parseInt(value('count') ?? '', 10)
      return Number.isNaN(count) || (/[gGtT]/.test(value('bs') ?? '') && count > 1_000)
    }
    case 'fallocate':
    case 'truncate':
      return /^(\d{3,}G|\d+[TPE])/i.test(
        optionValues(args, name === 'truncate' ? '-s' : '-l', name === 'truncate' ? '--size' : '--length')[0]
          ?.text ?? '',
      )
    case 'head':
      return (
        /^\d+[GTP]/i.test(optionValues(args, '-c', '--bytes')[0]?.text ?? '') &&
        args.some(({ text }) => ENDLESS.test(text))
      )
    case 'xmrig':
    case 'minerd':
    case 'cpuminer':
    case 'ethminer':
    case 'nbminer':
      return true
    case 'hping3':
      return hasWord(args, '--flood', '--faster')
    case 'stress':
    case 'stress-ng':
      return operands(args).length > 0 && !hasWord(args, '--version')
    case 'sh':
    case 'bash':
      return (
        via.includes('xargs') &&
        upstream.length > 0 &&
        unbounded(all) &&
        args.some(({ text }) => /&\s?$|\byes\b/.test(text))
      )
    default:
      return (
        name === 'xargs' &&
        redirects.some(({ operator, target }) => operator === '<' && ENDLESS.test(target.text))
      )
  }
}

function unbounded(all: readonly Invocation[]): boolean {
  return all.some(
    ({ name, args }) => name === 'xargs' && optionValues(args, '-P', '--max-procs')[0]?.text === '0',
  )
}
