import type { Signal, Who } from '../signal.ts'

interface Mark {
  readonly rule: Signal['rule']
  readonly class: Signal['class']
  readonly reason: string
  readonly pattern: RegExp
  readonly data: number
  readonly user: number
  readonly repository: number
}

const MARKS: readonly Mark[] = [
  {
    rule: 'injection.chat-template',
    class: 'role-spoofing',
    reason: 'It holds the marks by which a model tells turns of a conversation apart.',
    pattern:
      /<\|(?:im_start|im_end|system|user|assistant|endoftext|start_header_id|end_header_id|eot_id|begin_of_text|end_of_turn|start|end|message|channel)\|>|\[\/?INST\]|<<\/?SYS>>|<(?:start|end)_of_turn>|\[\/?(?:SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_RESULTS)\]|<｜(?:User|Assistant|begin▁of▁sentence)｜>/g,
    data: 0.65,
    user: 0.6,
    repository: 0.25,
  },
  {
    rule: 'injection.role-heading',
    class: 'role-spoofing',
    reason: 'It pretends to be a turn of the system or the assistant.',
    pattern:
      /(?:^|\n)[ \t>*_#-]{0,8}(?:\[|<|\(|\{)?(?:system|admin|administrator|developer|root)(?: ?(?:message|prompt|override|instructions?|notice|alert|note|update|command|admin))?(?:\]|>|\)|\})?[*_]{0,2} ?:[ \t*_]{0,4}(?=[A-Za-z])[^\n]{12,400}/gi,
    data: 0.35,
    user: 0.35,
    repository: 0.1,
  },
  {
    rule: 'injection.role-tag',
    class: 'role-spoofing',
    reason: 'It closes or opens the frame that data is handed over in.',
    pattern:
      /<\/?(?:system|system[_-]prompt|system[_-]message|system[_-]reminder|admin|instructions?|user[_-]?(?:input|query|message|prompt)|assistant|untrusted[_-]?\w{0,20}|tool[_-]?(?:result|output|response|use)s?|function[_-]?results?|retrieved[_-]?\w{0,20}|external[_-]?\w{0,20}|developer)>|\[(?:\/?system|end of (?:document|data|user input|context|text)|\/?assistant|\/?admin)\](?:\(#\w{1,20}\))?/gi,
    data: 0.35,
    user: 0.35,
    repository: 0.1,
  },
  {
    rule: 'injection.frame-end',
    class: 'role-spoofing',
    reason: 'It claims that the data is over and orders begin.',
    pattern:
      /[-=#*_<[]{2,20} ?(?:end(?: of)?(?: the)?|begin(?: of)?(?: the)?|start(?: of)?(?: the)?|new|stop) ?(?:the |of |user |system |new |admin |untrusted |external )*(?:document|data|context|input|user input|prompt|system prompt|instructions?|text|conversation|session|query|output|tool output|message|content)s? ?[-=#*_>\]]{2,20}/gi,
    data: 0.45,
    user: 0.4,
    repository: 0.15,
  },
  {
    rule: 'injection.instruction-heading',
    class: 'role-spoofing',
    reason: 'It has the headings of a fine-tuning prompt.',
    pattern:
      /(?:^|\n)#{2,4} ?(?:instruction|system|response|human|assistant|new instructions?|input)s?: ?(?:\n|$)|(?:^|\n)\n(?:Human|Assistant): [^\n]{4,}/gi,
    data: 0.35,
    user: 0.35,
    repository: 0.1,
  },
  {
    rule: 'injection.tool-call',
    class: 'tool-imitation',
    reason: 'It imitates the call of a tool.',
    pattern:
      /<(?:tool_call|function_calls?|tool_code|invoke name=|antml:|function=)|"(?:function_call|tool_calls?)"\s{0,6}:\s{0,6}[[{]|```tool_(?:code|call)|\{\s{0,6}"(?:name|tool|function|action)"\s{0,6}:\s{0,6}"[\w.-]{2,60}"\s{0,6},\s{0,6}"(?:arguments|parameters|args|input|action_input|tool_input)"\s{0,6}:\s{0,6}\{|(?:^|\n)(?:Action|Tool): ?[\w. ]{2,60}\n(?:Action )?Input:/g,
    data: 0.5,
    user: 0.3,
    repository: 0.15,
  },
  {
    rule: 'injection.tool-result',
    class: 'tool-imitation',
    reason: 'It imitates what a tool answers.',
    pattern:
      /<(?:tool_result|tool_response|function_results?|tool_output|observation)>|(?:^|\n)(?:Observation|Tool output|Function result): ?[^\n]{4,}|"role"\s{0,6}:\s{0,6}"(?:system|tool|function|assistant|developer)"\s{0,6},\s{0,6}"content"/g,
    data: 0.4,
    user: 0.25,
    repository: 0.1,
  },
  {
    rule: 'injection.exfiltration-image',
    class: 'exfiltration',
    reason: 'An image or link would carry data away in its address.',
    pattern:
      /!?\[[^\]\n]{0,200}\]\(\s{0,4}https?:\/\/[^\s)]{1,300}[?&/=][^\s)]{0,200}(?:\{{1,2}[^}\n)]{1,80}\}|\$\{|<[a-z_ -]{2,40}>|\[[A-Za-z_ -]{3,40}\]|%7B|(?:secret|conversation|history|chat|password|stolen|exfil|leak|api_?key|credential|private|system_?prompt|user_?data)s?=)[^)\n]{0,200}\)|<img[^>\n]{1,200}src=["']?https?:\/\/[^\s"'>]{1,200}[?&](?:data|d|q|secret|conversation|history|chat|password|token|leak|exfil|prompt)=(?:\{|\$|<|\[|%7B)/gi,
    data: 0.65,
    user: 0.5,
    repository: 0.35,
  },
]

/** Marks of conversations, tools and leaks that have no place in data. */
export function spoofingSignals(text: string, who: Who): Signal[] {
  const code = looksLikeSource(text)
  return [
    ...MARKS.flatMap(({ pattern, rule, reason, class: kind, ...weights }) => {
      let count = 0
      let first: RegExpMatchArray | undefined
      for (const match of text.matchAll(pattern)) {
        if (isQuotedMark(text, match.index, match[0].length)) continue
        count += 1
        first ??= match
      }
      if (first === undefined) return []
      const weight = weights[who === 'tool' ? 'data' : who] * (code ? 0.4 : 1) * (count > 1 ? 1.1 : 1)
      const start = first.index ?? 0
      return [
        {
          rule,
          class: kind,
          reason,
          weight: Math.min(weight, 0.9),
          start,
          end: start + Math.min(first[0].length, 120),
        },
      ]
    }),
    ...manyShot(text, who),
  ]
}

const TURN = /(?:^|\n)[ \t*_#>-]{0,6}(?:human|user|assistant|ai|bot|chatgpt|question|answer)[*_]{0,2} ?:/gi

/** A long made-up conversation that shows the reader how to misbehave. */
function manyShot(text: string, who: Who): Signal[] {
  const turns = [...text.matchAll(TURN)]
  if (turns.length < 6) return []
  const weight = (turns.length >= 16 ? 0.55 : 0.3) * (who === 'repository' ? 0.4 : 1)
  return [
    {
      rule: 'injection.many-shot',
      class: 'jailbreak',
      reason: `It acts out ${turns.length} turns of a conversation.`,
      weight,
      start: turns[0]?.index ?? 0,
      end: (turns[0]?.index ?? 0) + 20,
    },
  ]
}

/** Between quotes or backticks a mark is spoken of, not used. */
function isQuotedMark(text: string, at: number, length: number): boolean {
  return (
    /["'`]$/.test(text.slice(Math.max(0, at - 1), at)) &&
    /^["'`\\]/.test(text.slice(at + length, at + length + 1))
  )
}

const SOURCE_LINE =
  /^\s*(?:import |from \S+ import|export |const |let |var |def |class |function |return |if \(|if |for |\/\/|\*|#include|package |using |public |private |@\w+|\}|\{|\]|"[\w-]+": )/
/** Whether most lines are those of a program. */
function looksLikeSource(text: string): boolean {
  const lines = text
    .slice(0, 20_000)
    .split('\n')
    .filter((line) => line.trim() !== '')
  return (
    lines.length >= 8 &&
    lines.filter((line) => SOURCE_LINE.test(line.slice(0, 200))).length > lines.length * 0.35
  )
}

/** The names of all rules here; a test removes each in turn. */
export const SPOOFING_RULES: readonly string[] = [...MARKS.map(({ rule }) => rule), 'injection.many-shot']
