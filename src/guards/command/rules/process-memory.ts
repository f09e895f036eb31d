import type { Invocation } from '../reading.ts'
import { bundledValues, hasFlag, hasWord, operands, optionValues } from '../reading.ts'
import type { CommandRule } from '../rule.ts'
import { namedThings } from '../touched.ts'

const MEMORY =
  /^\/?proc\/[^/]{1,40}\/(environ|mem|maps|smaps|root|cwd|fd|auxv|stack|task|ns)(\/|$)|^\/(dev\/(mem|kmem|port)|proc\/(kcore|kallsyms|vmcore))$/
const OWN = /^\/?proc\/(self|thread-self|\$\$)\/(fd|maps|smaps|cwd|task|auxv)(\/|$)/

export const processMemory: CommandRule = {
  name: 'command.process-memory',
  class: 'credentials',
  explanation: 'Refuses to look into the memory, environment or files of other processes and of the kernel.',
  remedy: 'Debug a process that you start yourself: `gdb --args ./app`, `strace ./app`.',
  refuses: [
    'cat /proc/1/environ',
    'gcore 1234',
    'strings /dev/mem',
    'gdb -p 1234 -batch',
    'strace -p 1234 -e read',
    'cat /proc/self/environ',
  ],
  allows: [
    'cat /proc/cpuinfo',
    'ls /proc/self/fd',
    'gdb -batch -ex run ./a.out',
    'strace -c ls',
    'cat /proc/meminfo',
  ],
  *look(reading) {
    for (const { text } of namedThings(reading))
      if (text.length < 300 && MEMORY.test(text) && !OWN.test(text))
        yield { verdict: 'deny', reason: `${text} shows the inside of another process or of the kernel.` }
    for (const invocation of reading.invocations)
      if (attaches(invocation))
        yield {
          verdict: 'deny',
          reason: `${invocation.name} would look into another process.`,
          span: invocation.span,
        }
    for (const { strings, interpreter, names, span } of reading.codes)
      if (
        strings.some((text) => MEMORY.test(text) && !OWN.test(text)) ||
        names.has('ptrace') ||
        names.has('PTRACE_ATTACH')
      )
        yield {
          verdict: 'deny',
          reason: `The inline ${interpreter} program looks into another process.`,
          span,
        }
  },
}

function attaches({ name, args }: Invocation): boolean {
  switch (name) {
    case 'gcore':
    case 'procdump':
    case 'memdump':
    case 'avml':
    case 'lime':
      return operands(args).length > 0
    case 'gdb':
    case 'lldb':
    case 'strace':
    case 'ltrace':
    case 'ptrace':
    case 'bpftrace':
      return (
        optionValues(args, '-p', '--pid').some(({ text }) => /^\d+$|^\$/.test(text)) ||
        hasWord(args, '--attach') ||
        args.some(({ text }) => /^(generate-core-file|gcore|dump memory|attach )/.test(text))
      )
    case 'reptyr':
      return true
    case 'tcpdump':
    case 'tshark':
    case 'dumpcap':
      return (
        hasFlag(args, 'A') ||
        [...optionValues(args, '-i', '--interface'), ...bundledValues(args, 'i')].some(({ text }) =>
          /^(any|eth|en|wl)/.test(text),
        ) ||
        args.some(({ text }) => /^(21|23|25|80|110|143|ftp|telnet|pop3|imap)$/.test(text))
      )
    default:
      return false
  }
}
