/** The kinds of values a policy may compare. */
type FactType = 'String' | 'Long' | 'Bool' | 'Set<String>'

interface Fact {
  readonly type: FactType
  /** Given with every question; the others must be asked for with `context has …` first, or the policy does not load. */
  readonly always: boolean
  readonly meaning: string
}

/**
 * What a policy may know of an action besides who does it to what, as `context.…`. Paths come as the set of files and
 * the set of all directories above them, because Cedar has no wildcard over sets: `context.directories.contains("infra")`
 * is what `infra/**` is in a scope.
 */
export const FACTS = {
  roles: {
    type: 'Set<String>',
    always: true,
    meaning: 'Roles the actor holds here, each with all weaker ones',
  },
  risk: {
    type: 'String',
    always: true,
    meaning: '`low`, `medium`, `high` or `critical`, raised by what the action is about',
  },
  riskRank: { type: 'Long', always: true, meaning: 'The same as a number, 0 to 3' },
  channel: {
    type: 'String',
    always: true,
    meaning: '`cli`, `api`, `portal`, `schedule`, or the name of a chat channel',
  },
  provenance: {
    type: 'String',
    always: true,
    meaning: 'Who had the idea: `person`, `schedule`, `issue` or `agent`',
  },
  hour: { type: 'Long', always: true, meaning: '0 to 23, in the time zone of the organisation' },
  minute: { type: 'Long', always: true, meaning: '0 to 59' },
  weekday: { type: 'String', always: true, meaning: '`monday` to `sunday`' },
  requestedByActor: { type: 'Bool', always: false, meaning: 'The actor asked for this change' },
  otherApprovers: {
    type: 'Long',
    always: false,
    meaning: 'How many people besides the actor could approve it',
  },
  readsServerFiles: {
    type: 'Bool',
    always: false,
    meaning: 'A local path or a key file would be read with the rights of the server',
  },
  givenRole: {
    type: 'String',
    always: false,
    meaning: 'The role that somebody would be given, or has who would be removed',
  },
  minutesSinceRoleChange: {
    type: 'Long',
    always: false,
    meaning:
      'Since somebody whose role would be changed was last given one; very many when never, or when it is lowered',
  },
  minutesSinceOwnRoleChange: {
    type: 'Long',
    always: false,
    meaning: 'The same of the actor',
  },
  branch: { type: 'String', always: false, meaning: 'The branch a change starts from' },
  targetBranch: { type: 'String', always: false, meaning: 'The branch that would be pushed' },
  files: { type: 'Set<String>', always: false, meaning: 'Changed paths' },
  directories: {
    type: 'Set<String>',
    always: false,
    meaning: 'Every directory above a changed path, without a slash at its end',
  },
  filesChanged: { type: 'Long', always: false, meaning: 'Number of changed files' },
  linesChanged: { type: 'Long', always: false, meaning: 'Lines added and removed' },
  touches: {
    type: 'Set<String>',
    always: false,
    meaning:
      'What of weight is changed: `ci`, `lockfile`, `policy`, `migration`, `protected`, `tests`, `checks`, `automation`, `instructions`, `deletions`',
  },
  agent: { type: 'String', always: false, meaning: 'The agent that does or did the work' },
  environment: { type: 'String', always: false, meaning: 'The name of the environment' },
  autonomy: { type: 'Long', always: false, meaning: 'The autonomy level of the project, 0 to 3' },
  secondFactor: {
    type: 'Bool',
    always: false,
    meaning: 'The actor proved a second factor for this very action',
  },
} as const satisfies Record<string, Fact>

type FactName = keyof typeof FACTS

type ValueOf<T extends FactType> = T extends 'String'
  ? string
  : T extends 'Long'
    ? number
    : T extends 'Bool'
      ? boolean
      : readonly string[]

type Always = { [N in FactName]: (typeof FACTS)[N]['always'] extends true ? N : never }[FactName]

/** The facts of one question. */
export type Facts = { readonly [N in Always]: ValueOf<(typeof FACTS)[N]['type']> } & {
  readonly [N in Exclude<FactName, Always>]?: ValueOf<(typeof FACTS)[N]['type']>
}
