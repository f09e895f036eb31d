import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judgeCommand } from '#guards/command/judge.ts'
import { ALLOWED, ASKED, DENIED } from '../vectors/commands.ts'

const context = { workspace: '/workspace' }

describe('the command guard', () => {
  it.each(DENIED)('%s: refuses %j', (rule, text) => {
    const { verdict, findings } = judgeCommand(text, context)
    expect({ verdict, rules: findings.map((finding) => finding.rule) }).toEqual({
      verdict: 'deny',
      rules: expect.arrayContaining([`command.${rule}`]),
    })
  })

  it.each(ASKED)('%s: leaves %j to a person', (rule, text) => {
    const { verdict, findings } = judgeCommand(text, context)
    expect({ verdict, rules: findings.map((finding) => finding.rule) }).toEqual({
      verdict: 'ask',
      rules: expect.arrayContaining([`command.${rule}`]),
    })
  })

  it.each(ALLOWED)('stays quiet about %j', (text) => {
    expect(judgeCommand(text, context)).toEqual({ verdict: 'allow', findings: [] })
  })

  it('names the rule, the reason, the remedy and the place', () => {
    expect(judgeCommand('cd src && sudo ls', context)).toEqual({
      verdict: 'ask',
      findings: [
        {
          rule: 'command.privilege-escalation',
          class: 'privilege',
          verdict: 'ask',
          reason: 'sudo changes who the command runs as or what it may do.',
          remedy: expect.stringContaining('without it'),
          span: { start: 10, end: 17 },
        },
      ],
    })
  })

  it('lets the strictest finding win', () => {
    const { verdict, findings } = judgeCommand('$X; cat /etc/shadow', context)
    expect(findings.map((finding) => finding.verdict)).toEqual(['deny', 'ask'])
    expect(verdict).toBe('deny')
  })

  it('refuses what is too long or nested too deeply to judge', () => {
    expect(judgeCommand(`echo ${'a'.repeat(70_000)}`, context).verdict).toBe('deny')
    let nested = 'true'
    for (let depth = 0; depth < 12; depth++) nested = `bash -c ${JSON.stringify(nested)}`
    expect(judgeCommand(nested.slice(0, 60_000), context).verdict).toBe('deny')
    expect(judgeCommand(`${'$('.repeat(20_000)}`, context).verdict).toBe('deny')
    expect(judgeCommand(`${'sudo '.repeat(10_000)}ls`, context).verdict).toBe('deny')
  })

  it.each([
    ['inline loops', `python3 -c '${'while '.repeat(10_000)}'`],
    ['inline runs', `python3 -c '${'exec '.repeat(12_000)}'`],
    ['pipes', `${'a|'.repeat(30_000)}a`],
    ['substitutions', `${'echo $('.repeat(7_000)}a${')'.repeat(7_000)}`],
    ['roots times commands', `find ${'a '.repeat(8_000)} ${'-exec rm {} \\; '.repeat(3_000)}`],
    ['fewer roots times commands', `find ${'a '.repeat(400)} ${'-exec rm {} \\; '.repeat(140)}`],
    ['roots times pipes', `find ${'/a '.repeat(900)} ${'| xargs rm '.repeat(3_000)}`],
    ['globs', `cat /etc/${'*a'.repeat(30_000)}`],
    ['braces', `cat ${'{a,'.repeat(20_000)}`],
    ['slashes', `cat ${'/./'.repeat(20_000)}`],
    ['functions', `${'f(){ '.repeat(5_000)}${'f;};'.repeat(5_000)}`],
    ['downloads', `${'curl -o a x;bash a;'.repeat(3_000)}`],
    ['strings', `node -e '${"'a'+".repeat(12_000)}1'`],
    ['calls', `ruby -e '${'system('.repeat(8_000)}'`],
    ['decoded layers', `python3 -c "exec('${'YWFh'.repeat(12_000)}')"`],
    ['variables', `${'a=$a$a;'.repeat(8_000)} $a`],
    ['assignments', `${Array.from({ length: 4_000 }, (_, at) => `v${at}=x;`).join('')} $v1`],
    ['aliases', `${"alias x='y';".repeat(4_000)}`],
    ['echoes into shells', `${'echo "echo a | sh" | sh;'.repeat(2_000)}`],
    ['nested echoes', `${'echo a | tee b | rev | '.repeat(2_000)} sh`],
    ['wildcards of rules', `psql ${'prodprod'.repeat(7_000)}`],
    ['placeholders', `ls ${'<a '.repeat(1_300)}`],
    ['quotes', `python3 -c "${"'a\\\\".repeat(12_000)}"`],
  ])('answers within reason for a mountain of %s', (_, text) => {
    expect(['allow', 'ask', 'deny']).toContain(judgeCommand(text, context).verdict)
  })

  it('answers for any text at all', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.constantFrom(
        ...[
          'python3 -c',
          'awk',
          'perl -e',
          "node -e 'eval(atob(1))'",
          'vim -c',
          '| sh',
          '<<< x',
          'base64 -d',
          'x=',
          '$x',
          '<y>',
          '\u0000',
          '\ud800',
        ],
        ..."rm -rf / $( ) ` \" ' | & ; < > <<EOF EOF {a,b} $x bash -c eval curl \n \\ $'\\x72' env xargs find -exec {} + if then fi while do done case esac (( )) [[ ]] function".split(
          ' ',
        ),
      ),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const judgement = judgeCommand(pieces.join(' '), context)
        expect(['allow', 'ask', 'deny']).toContain(judgement.verdict)
        expect(judgement.verdict === 'allow').toBe(judgement.findings.length === 0)
      }),
      { numRuns: 2_000 },
    )
  })

  it('sees a forbidden command through any stack of wrappers', () => {
    const wrappers: readonly ((text: string) => string)[] = [
      (text: string) => `env A=1 ${text}`,
      (text: string) => `nohup ${text}`,
      (text: string) => `timeout 5 ${text}`,
      (text: string) => `nice -n 5 ${text}`,
      (text: string) => `bash -c ${quote(text)}`,
      (text: string) => `eval ${quote(text)}`,
      (text: string) => `true && ${text}`,
      (text: string) => `( ${text} )`,
      (text: string) => `echo $( ${text} )`,
      (text: string) => `if ${text}; then true; fi`,
    ]
    const roots = fc.constantFrom('cat /etc/shadow', 'git push', 'rm -rf /usr', 'ssh a@b')
    fc.assert(
      fc.property(roots, fc.array(fc.nat(wrappers.length - 1), { maxLength: 4 }), (root, stack) => {
        const text = stack.reduce<string>((inner, index) => wrappers[index]?.(inner) ?? inner, root)
        expect({ text, verdict: judgeCommand(text, context).verdict }).not.toEqual({ text, verdict: 'allow' })
      }),
      { numRuns: 500 },
    )
  })
})

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
