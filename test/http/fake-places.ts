import type { PlaceUseCases } from '#http/place-use-cases.ts'
import { ok, type Result } from '#kernel/result.ts'

const AT = '2026-01-31T12:00:00.000Z'
const ORGANISATION = { id: 'org_a', name: 'Example', timeZone: 'UTC', createdAt: AT }
const TEAM = { id: 'tem_00000000000000000001', name: 'shop', createdAt: AT }
const DETAIL = { ...TEAM, members: [], roles: [], projects: [] }
const ENVIRONMENT = { id: 'env_00000000000000000001', name: 'staging', createdAt: AT }
const PROJECT = {
  ...{ id: 'prj_00000000000000000001', name: 'shop', url: '/srv/git/shop.git', protectedBranches: [] },
  ...{ createdAt: AT, autonomy: 0, environments: ['staging'] },
}

/** Places that never change; every call is remembered. */
export abstract class FakePlaces implements PlaceUseCases {
  abstract readonly calls: { name: string; input: unknown[] }[]

  showOrganisation: PlaceUseCases['showOrganisation'] = () => this.say('showOrganisation', [], ORGANISATION)
  setOrganisation: PlaceUseCases['setOrganisation'] = (_actor, settings) =>
    this.say('setOrganisation', [settings], ORGANISATION)
  createOrganisation: PlaceUseCases['createOrganisation'] = ({ person }, request) =>
    this.say('createOrganisation', [request], {
      organisation: ORGANISATION,
      owner: { ...person, role: 'owner' as const, createdAt: AT },
      token: `alk_${'0'.repeat(52)}`,
    })
  listTeams: PlaceUseCases['listTeams'] = () => this.say('listTeams', [], { items: [] })
  showTeam: PlaceUseCases['showTeam'] = (_actor, team) => this.say('showTeam', [team], DETAIL)
  createTeam: PlaceUseCases['createTeam'] = (_actor, name) =>
    this.say('createTeam', [name], { ...TEAM, members: 0 })
  renameTeam: PlaceUseCases['renameTeam'] = (_actor, team, name) =>
    this.say('renameTeam', [team, name], { ...TEAM, members: 0 })
  removeTeam: PlaceUseCases['removeTeam'] = (_actor, team) => this.say('removeTeam', [team], undefined)
  addToTeam: PlaceUseCases['addToTeam'] = (_actor, team, member) =>
    this.say('addToTeam', [team, member], DETAIL)
  dropFromTeam: PlaceUseCases['dropFromTeam'] = (_actor, team, member) =>
    this.say('dropFromTeam', [team, member], undefined)
  listEnvironments: PlaceUseCases['listEnvironments'] = (_actor, project) =>
    this.say('listEnvironments', [project], { items: [ENVIRONMENT] })
  createEnvironment: PlaceUseCases['createEnvironment'] = (_actor, project, name) =>
    this.say('createEnvironment', [project, name], ENVIRONMENT)
  renameEnvironment: PlaceUseCases['renameEnvironment'] = (_actor, project, environment, name) =>
    this.say('renameEnvironment', [project, environment, name], ENVIRONMENT)
  removeEnvironment: PlaceUseCases['removeEnvironment'] = (_actor, project, environment) =>
    this.say('removeEnvironment', [project, environment], undefined)
  showProject: PlaceUseCases['showProject'] = (_actor, project) => this.say('showProject', [project], PROJECT)
  renameProject: PlaceUseCases['renameProject'] = (_actor, project, name) =>
    this.say('renameProject', [project, name], PROJECT)
  moveProject: PlaceUseCases['moveProject'] = (_actor, project, team) =>
    this.say('moveProject', [project, team], PROJECT)
  setAutonomy: PlaceUseCases['setAutonomy'] = (_actor, project, autonomy) =>
    this.say('setAutonomy', [project, autonomy], PROJECT)
  removeProject: PlaceUseCases['removeProject'] = (_actor, project) =>
    this.say('removeProject', [project], undefined)
  listRoles: PlaceUseCases['listRoles'] = (_actor, page) => this.say('listRoles', [page], { items: [] })
  grantRole: PlaceUseCases['grantRole'] = (_actor, { subject, role, at }) =>
    this.say('grantRole', [subject, role, at], { ...roleChange(subject, at.kind), after: role })
  revokeRole: PlaceUseCases['revokeRole'] = (_actor, { subject, at }) =>
    this.say('revokeRole', [subject, at], roleChange(subject, at.kind))

  private async say<T>(name: string, input: unknown[], value: T): Promise<Result<T>> {
    this.calls.push({ name, input })
    return ok(value)
  }
}

function roleChange<K extends string>(subject: { kind: K; reference: string }, at: string) {
  const { kind, reference } = subject
  return { subject: { kind, id: reference, name: reference }, at: { kind: at, id: at } }
}
