import { NewOrganisation, Organisation, OrganisationRequest, OrganisationSettings } from '#contract/places.ts'
import { jsonRoute, type Route } from '../route.ts'

export const organisationRoutes: readonly Route[] = [
  jsonRoute({
    method: 'get',
    path: '/v1/organisation',
    action: 'organisation.show',
    place: 'organisation',
    summary: 'The organisation you are in',
    reply: Organisation,
    run: ({ application, actor }) => application.showOrganisation(actor),
  }),
  jsonRoute({
    method: 'post',
    path: '/v1/organisation',
    action: 'organisation.set',
    place: 'organisation',
    summary: 'Change its name, or the time zone that its policies go by',
    body: OrganisationSettings,
    reply: Organisation,
    current: ({ application, actor }) => application.showOrganisation(actor),
    run: ({ application, actor, body }) => application.setOrganisation(actor, body),
  }),
  jsonRoute({
    method: 'post',
    path: '/v1/organisations',
    action: 'organisation.create',
    place: 'server',
    summary:
      'Make another organisation on this server, whose first owner you are; their token is shown this once',
    body: OrganisationRequest,
    status: 201,
    reply: NewOrganisation,
    run: ({ application, actor, body }) => application.createOrganisation(actor, body),
  }),
]
