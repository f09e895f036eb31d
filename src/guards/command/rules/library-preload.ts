import type { CommandRule } from '../rule.ts'

const LOADED = new Set(
  'LD_PRELOAD LD_AUDIT DYLD_INSERT_LIBRARIES PERL5DB PERL5OPT BASH_ENV PROMPT_COMMAND LESSOPEN LESSCLOSE PYTHONSTARTUP'.split(
    ' ',
  ),
)
const KNOWN =
  /(libfaketime|libasan|libtsan|libjemalloc|libtcmalloc|libeatmydata|libgtk3-nocsd|libsegfault|libumem|libmimalloc|libstdc\+\+|libgomp|lesspipe)/i

export const libraryPreload: CommandRule = {
  name: 'command.library-preload',
  class: 'persistence',
  explanation: 'Refuses to load a library or a script into every program that starts.',
  remedy:
    'Start the program with its own options; for allocators and sanitisers name the library that everybody knows.',
  refuses: [
    'LD_PRELOAD=/tmp/x.so ls',
    'export LD_PRELOAD=./hook.so',
    'BASH_ENV=/tmp/x bash -c true',
    "export PROMPT_COMMAND='/tmp/x &'",
    'export PATH=/tmp:$PATH',
  ],
  allows: [
    'LD_PRELOAD=/usr/lib/libjemalloc.so.2 ./server',
    'echo $LD_PRELOAD',
    'unset LD_PRELOAD',
    'export PATH=$PWD/bin:$PATH',
    'LD_LIBRARY_PATH=build ./test',
  ],
  *look(reading) {
    for (const { name, value } of reading.assigned)
      if (
        (LOADED.has(name) || (name === 'ENV' && /^[./~]/.test(value.text))) &&
        value.text !== '' &&
        !KNOWN.test(value.text)
      )
        yield {
          verdict: value.opaque ? 'ask' : 'deny',
          reason: `${name} loads ${value.text.slice(0, 80)} into every program that starts.`,
        }
      else if (
        name === 'PATH' &&
        /^(\/tmp|\/dev\/shm|\/var\/tmp):/.test(value.text) &&
        /\$|~/.test(value.text)
      )
        yield { verdict: 'ask', reason: 'Programs would first be looked for where everybody may write.' }
      else if (name === 'LD_LIBRARY_PATH' && /^(\/tmp|\/dev\/shm|\/var\/tmp)/.test(value.text))
        yield { verdict: 'ask', reason: 'Programs would load their libraries from a temporary directory.' }
  },
}
