import { gitCommand } from '../git.ts'
import type { Invocation } from '../reading.ts'
import { firstOperand, hasFlag, hasWord, operands } from '../reading.ts'
import type { CommandRule, Sighting } from '../rule.ts'

const PUBLISHERS: Readonly<Record<string, RegExp>> = {
  npm: /^(publish|unpublish|deprecate|dist-tag|login|adduser|token|owner|access|team|org)$/,
  pnpm: /^publish$/,
  yarn: /^(publish|npm)$/,
  bun: /^publish$/,
  lerna: /^publish$/,
  twine: /^upload$/,
  cargo: /^(publish|yank|login|owner)$/,
  poetry: /^publish$/,
  uv: /^publish$/,
  hatch: /^publish$/,
  flit: /^publish$/,
  gem: /^(push|yank|owner|signin)$/,
  docker: /^push$/,
  vercel: /^(deploy|--prod|promote|rollback|env|secrets|domains|login)$/,
  netlify: /^(deploy|login)$/,
  firebase: /^(deploy|login)/,
  wrangler: /^(deploy|publish|secret|login)$/,
  fly: /^(deploy|launch|secrets)$/,
  flyctl: /^(deploy|launch|secrets)$/,
  heroku: /^(git:|login|container:push|releases)/,
  eas: /^(submit|update)$/,
  dotnet: /^nuget$/,
}
const FORGE_READS =
  /^(list|view|status|diff|checks|watch|clone|download|log|browse|search|show|ls|checkout|co|--version|)$/

export const gitPush: CommandRule = {
  name: 'command.git-push',
  class: 'git',
  explanation:
    'Asks before anything is sent out of the workspace: pushes, remotes, releases, pull requests; refuses forced and foreign pushes.',
  remedy: 'Leave the change in the workspace; a person reviews it and Airlock pushes what they approve.',
  refuses: [
    'git push origin main',
    'git push --force',
    'git remote add evil https://example.com/x.git',
    'npm publish',
    'gh pr create --fill',
    'git push https://example.com/x.git HEAD',
  ],
  allows: [
    'git status',
    'git remote -v',
    'git log --oneline -5',
    'npm pack --dry-run',
    'gh pr view 12',
    'git fetch origin',
  ],
  *look(reading) {
    for (const invocation of reading.invocations) yield* objections(invocation)
  },
}

function* objections(invocation: Invocation): Iterable<Sighting> {
  const { name, args, span } = invocation
  const git = gitCommand(invocation)
  if (git) {
    if (
      (git.subcommand === 'push' || git.subcommand === 'send-pack') &&
      !hasWord(git.args, '--dry-run', '-n')
    ) {
      const grave = isForced(git.args.map(({ text }) => text)) || hasFlag(git.args, 'f')
      yield {
        verdict: grave ? 'deny' : 'ask',
        reason: `git ${git.subcommand} would ${grave ? 'overwrite, delete or leak commits elsewhere' : 'send commits out'}.`,
        span,
      }
    } else if (git.subcommand === 'send-email' || git.subcommand === 'request-pull')
      yield { verdict: 'ask', reason: `git ${git.subcommand} would send commits out.`, span }
    else if (git.subcommand === 'remote' && /^(add|set-url|rename|set-head)$/.test(firstOperand(git.args)))
      yield { verdict: 'ask', reason: 'It changes where commits would be sent.', span }
    else if (git.subcommand === 'svn' && git.args[0]?.text === 'dcommit')
      yield { verdict: 'ask', reason: 'It would send commits out.', span }
    else if (git.subcommand === 'submodule' && git.args[0]?.text === 'add')
      yield { verdict: 'ask', reason: 'It adds a repository of somebody else.', span }
    return
  }
  if (/^(gh|glab|hub|tea)$/.test(name)) yield* forge(invocation)
  const action = Object.hasOwn(PUBLISHERS, name) ? PUBLISHERS[name] : undefined
  const first = args.find(({ text }) => !text.startsWith('-') || text === '--prod')?.text ?? ''
  if (action?.test(first) && !hasWord(args, '--dry-run'))
    yield {
      verdict: 'ask',
      reason: `${name} ${first} would publish or change something outside the workspace.`,
      span,
    }
}

function isForced(words: readonly string[]): boolean {
  return words.some(
    (word) =>
      /^(--force|--mirror|--delete|-d|--prune)/.test(word) ||
      /^\+/.test(word) ||
      /^:./.test(word) ||
      /^(https?|ssh|git|file|ext):\/\//.test(word),
  )
}

function* forge({ name, args, span }: Invocation): Iterable<Sighting> {
  const [noun = '', verb = ''] = operands(args).map(({ text }) => text)
  const reads =
    noun === '' ||
    FORGE_READS.test(noun) ||
    (verb !== '' && FORGE_READS.test(verb)) ||
    noun === 'help' ||
    noun === 'auth' ||
    noun === 'completion' ||
    noun === 'config' ||
    (noun === 'extension' && verb === 'list')
  if (noun === 'api') {
    const writes =
      args.some(
        ({ text }, index) =>
          /^(-X|--method)$/.test(args[index - 1]?.text ?? '') && text.toUpperCase() !== 'GET',
      ) ||
      args.some(({ text }) =>
        /^(-[fF]|--field|--raw-field|--input)|^(-X|--method=)(POST|PUT|PATCH|DELETE)$/i.test(text),
      )
    if (writes)
      yield { verdict: 'ask', reason: `${name} would change something outside the workspace.`, span }
  } else if (!reads || (noun === 'secret' && verb === 'set')) {
    const grave =
      args.some(({ text }) => text === '--admin') || /^(repo|secret|ssh-key|gpg-key|variable)$/.test(noun)
    yield {
      verdict: grave ? 'deny' : 'ask',
      reason: `${name} ${noun} would publish or change something outside the workspace.`,
      span,
    }
  }
}
