import type { z } from 'zod'
import {
  Environment,
  EnvironmentList,
  NewOrganisation,
  Organisation,
  type OrganisationRequest,
  type OrganisationSettings,
  ProjectDetail,
  RoleBindingPage,
  RoleChange,
  type RoleGrant,
  type RoleRevocation,
  Team,
  TeamDetail,
  TeamList,
  type TeamMemberRequest,
} from '#contract/places.ts'
import type { Result } from '#kernel/result.ts'

/** How a client asks, whatever for. */
interface Wire {
  json<T extends z.ZodType>(
    path: string,
    reply: T,
    call?: { readonly query?: Readonly<Record<string, string | number | undefined>> },
  ): Promise<Result<z.output<T>>>
  post<T extends z.ZodType>(path: string, reply: T, body?: unknown): Promise<Result<z.output<T>>>
  nothing(path: string): Promise<Result<void>>
}

/** Organisations, teams, environments, settings of projects, and roles as functions. */
export function placeCalls({ json, post, nothing }: Wire) {
  const part = encodeURIComponent
  const team = (ref: string) => `/v1/teams/${part(ref)}`
  const project = (ref: string) => `/v1/projects/${part(ref)}`
  const environment = (ref: string, name: string) => `${project(ref)}/environments/${part(name)}`
  return {
    organisation: () => json('/v1/organisation', Organisation),
    setOrganisation: (settings: OrganisationSettings) => post('/v1/organisation', Organisation, settings),
    createOrganisation: (request: z.input<typeof OrganisationRequest>) =>
      post('/v1/organisations', NewOrganisation, request),
    teams: () => json('/v1/teams', TeamList),
    team: (ref: string) => json(team(ref), TeamDetail),
    createTeam: (name: string) => post('/v1/teams', Team, { name }),
    renameTeam: (ref: string, name: string) => post(`${team(ref)}/name`, Team, { name }),
    removeTeam: (ref: string) => nothing(team(ref)),
    addToTeam: (ref: string, member: z.input<typeof TeamMemberRequest>) =>
      post(`${team(ref)}/members`, TeamDetail, member),
    dropFromTeam: (ref: string, member: string) => nothing(`${team(ref)}/members/${part(member)}`),
    environments: (ref: string) => json(`${project(ref)}/environments`, EnvironmentList),
    createEnvironment: (ref: string, name: string) =>
      post(`${project(ref)}/environments`, Environment, { name }),
    renameEnvironment: (ref: string, name: string, to: string) =>
      post(`${environment(ref, name)}/name`, Environment, { name: to }),
    removeEnvironment: (ref: string, name: string) => nothing(environment(ref, name)),
    project: (ref: string) => json(project(ref), ProjectDetail),
    renameProject: (ref: string, name: string) => post(`${project(ref)}/name`, ProjectDetail, { name }),
    moveProject: (ref: string, team: string | undefined) =>
      post(`${project(ref)}/team`, ProjectDetail, { ...(team === undefined ? {} : { team }) }),
    setAutonomy: (ref: string, autonomy: number) =>
      post(`${project(ref)}/autonomy`, ProjectDetail, { autonomy }),
    removeProject: (ref: string) => nothing(project(ref)),
    roles: (query: Readonly<Record<string, string | number | undefined>> = {}) =>
      json('/v1/roles', RoleBindingPage, { query }),
    grantRole: (grant: RoleGrant) => post('/v1/roles', RoleChange, grant),
    revokeRole: (revocation: RoleRevocation) => post('/v1/role-revocations', RoleChange, revocation),
  }
}
