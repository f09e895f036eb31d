import { isInteractiveShell, isInterpreter, isShell } from '../embedded.ts'
import type { Argument, Invocation } from '../reading.ts'
import { hasFlag, hasWord, operands } from '../reading.ts'
import type { CommandRule, Sighting } from '../rule.ts'
import { startsShell } from '../starts-shell.ts'

/** Starting a shell through these is ordinary, or another rule's business. */
const ORDINARY = new Set(
  'exec command builtin sudo doas su run0 pkexec runuser gosu su-exec tini dumb-init ssh coproc poetry pipenv uv direnv trap SHELL'.split(
    ' ',
  ),
)
/** They run any command they are given; to be given a shell is unusual. */
const LAUNCHERS = new Set(
  'script env nohup setsid time nice ionice chrt taskset numactl stdbuf timeout gtimeout watch flock setarch linux32 linux64 strace ltrace perf valgrind ssh-agent sshpass dbus-run-session xvfb-run rlwrap unbuffer winpty npx npm yarn pnpm bundle bundler fakeroot busybox toybox proot multitime caffeinate systemd-run chroot unshare nsenter eval'.split(
    ' ',
  ),
)
/** What they are told to run is a connection, a packer or a pager, and no script. */
const TRANSPORTS = new Set('tar zip scp rsync man tcpdump openvpn wget aria2c mail psql java'.split(' '))
/** A shell is only a file to them. */
const READERS = new Set(
  'ls ll file stat which whereis type command readlink realpath ldd strings cat head tail less cp mv ln install chmod chown chgrp rm cmp diff md5sum sha1sum sha256sum du wc xxd hexdump od objdump readelf nm grep egrep rg echo printf test [ [[ dpkg dpkg-query rpm apt-file pacman brew usermod useradd adduser chsh update-alternatives docker podman nerdctl kubectl oc docker-compose lxc ssh mosh tmux screen export alias readonly declare set unset sed awk touch mount tar rsync scp stow find git sudo su xargs env gdb size strip getfacl setfacl setcap getcap lsattr chattr fuser lsof pgrep pkill ps basename dirname base64 shellcheck bats source . for case nsenter chroot unshare sh bash dash zsh ash ksh fish'.split(
    ' ',
  ),
)

export const shellEscape: CommandRule = {
  name: 'command.shell-escape',
  class: 'shell-escape',
  explanation: 'Refuses to start a shell from within another program: nobody would see what is typed there.',
  remedy: 'Run the commands themselves, with `sh -c "…"` where a shell is needed.',
  refuses: [
    'find . -exec /bin/sh \\; -quit',
    `awk 'BEGIN {system("/bin/sh")}'`,
    "vim -c ':!/bin/sh'",
    'tar cf /dev/null x --checkpoint=1 --checkpoint-action=exec=/bin/sh',
    'less notes.txt\n!/bin/sh',
    'env /bin/sh',
  ],
  allows: [
    "find . -name '*.sh' -exec sh -n {} \\;",
    `awk 'BEGIN {system("date")}'`,
    "vim -c ':%s/a/b/g' -c ':wq' f",
    'tar -I zstd -cf a.tar.zst dir',
    'env -i sh -c "echo clean"',
    'ls -l /bin/sh',
  ],
  *look(reading) {
    for (const [index, invocation] of reading.invocations.entries()) {
      yield* typedShell(invocation)
      yield* givenShell(invocation)
      if (index > 0) yield* followingShell(invocation)
    }
    for (const { names, commands, interpreter, language, strings, text, span } of reading.codes)
      if (names.has('pty') && names.has('spawn'))
        yield {
          verdict: 'deny',
          reason: `The inline ${interpreter} program starts a terminal of its own.`,
          span,
        }
      else if (
        (commands.length === 0 || language === 'other') &&
        strings.some((text) => /^(\/usr)?\/bin\/(ba|da|z|k|a)?sh$/.test(text)) &&
        (language === 'other' || names.has('spawnSync'))
      )
        yield { verdict: 'deny', reason: `The inline ${interpreter} program starts a shell.`, span }
      else if (
        language === 'other' &&
        /\b(spawn|exec|system|run)\s(\/usr)?\/bin\/(ba|da|z|k)?sh\b/.test(text)
      )
        yield { verdict: 'deny', reason: `The inline ${interpreter} program starts a shell.`, span }
  },
}

function* typedShell(invocation: Invocation): Iterable<Sighting> {
  const { name, via, args, redirects, span } = invocation
  if (isShell(name) && redirects.some(({ target }) => target.text === '@stdin'))
    yield { verdict: 'deny', reason: 'A Tcl program would start a shell.', span }
  const readsNames =
    via.includes('xargs') &&
    isShell(name) &&
    args.every(({ text }) => text === '' || text.startsWith('-')) &&
    !args.some(({ text }) => /^-[a-z]*c/.test(text))
  if (isShell(name) && via.some((wrapper) => TRANSPORTS.has(wrapper)))
    yield { verdict: 'ask', reason: `${via.at(-1)} would run a script of a shell beside its work.`, span }
  if (!isInteractiveShell(invocation) && !readsNames) return
  const outer = via.findLast((wrapper) => !ORDINARY.has(wrapper) && !isShell(wrapper))
  if (outer === undefined) return
  yield LAUNCHERS.has(outer)
    ? { verdict: 'ask', reason: `${outer} would start a shell of its own.`, span }
    : { verdict: 'deny', reason: `${outer} would start a shell, in which nobody sees what is done.`, span }
}

/** `irb`, then `exec /bin/bash` on the next line: typed into the program before it, or left for nobody to see. */
function* followingShell(invocation: Invocation): Iterable<Sighting> {
  const { name, program, redirects, via, span } = invocation
  if (!isInteractiveShell(invocation) || via.some((wrapper) => !ORDINARY.has(wrapper))) return
  const joined = redirects.some(({ operator, target }) => operator === '>&' && /^[012]$/.test(target.text))
  if (joined || program.text.includes('/bin/'))
    yield { verdict: 'ask', reason: `${name} would wait for what somebody types into it.`, span }
}

/** The name of a shell among the words of a program that is not known to treat it as a mere file. */
function* givenShell({ name, args, span }: Invocation): Iterable<Sighting> {
  if (
    name === 'script' &&
    hasWord(args, '/dev/null') &&
    operands(args).length === 1 &&
    !hasFlag(args, 'c', '--command')
  )
    yield { verdict: 'ask', reason: 'script would start a shell and keep no record of it.', span }
  if (READERS.has(name) || LAUNCHERS.has(name) || ORDINARY.has(name)) return
  if (
    /^(python|pypy)[0-9.]*$/.test(name) &&
    args.some(({ text }, index) => text === 'pty' && args[index - 1]?.text === '-m')
  )
    yield { verdict: 'deny', reason: `${name} would start a shell on a terminal of its own.`, span }
  if (name === 'capsh' && hasWord(args, '--'))
    yield { verdict: 'deny', reason: 'capsh would start a shell with other rights.', span }
  const shell = args.find(
    ({ text }, index) => isShellPath(text) && !/^(--shell|-f)$/.test(args[index - 1]?.text ?? ''),
  )
  if (shell)
    yield { verdict: 'ask', reason: `${name} is given the shell ${shell.text.slice(0, 60)} to run.`, span }
  else if (!isInterpreter(name) && (args.some(({ text }) => startsShell(text)) || endsWithShell(args)))
    yield { verdict: 'ask', reason: `${name} is given words that would start a shell.`, span }
}

/** `program -- sh`: everything after the dashes is for somebody else. */
function endsWithShell(args: readonly Argument[]): boolean {
  const dashes = args.findIndex(({ text }) => text === '--')
  return (
    dashes >= 0 && isShell(args[dashes + 1]?.text ?? '') && !/^-[a-z]*c$/.test(args[dashes + 2]?.text ?? '')
  )
}

function isShellPath(text: string): boolean {
  return /^!?(-[A-Za-z-]*=?|[\w:]+=|[./]{2,20}\.)?(\/usr)?(\/local)?\/bin\/(ba|da|a|z|k|c|tc|fi)?sh([\s,;].*)?$/s.test(
    text,
  )
}
