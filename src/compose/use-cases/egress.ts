import type { Application } from '#http/application.ts'
import { egressOfProject, egressOfTask } from '#tasks/egress-view.ts'
import { narrowProject, narrowTask, widenProject, widenTask } from '#tasks/widen.ts'
import type { Workshop } from '#tasks/workshop.ts'

type Egress = 'taskEgress' | 'widenTask' | 'narrowTask' | 'projectEgress' | 'widenProject' | 'narrowProject'

/** What setup may reach besides the presets: asked for by code, allowed by people. */
export function egressUseCases(workshop: Workshop): Pick<Application, Egress> {
  return {
    taskEgress: (actor, task) => egressOfTask(workshop, actor, task),
    widenTask: (actor, task, request) => widenTask(workshop, actor, task, request),
    narrowTask: (actor, task, target) => narrowTask(workshop, actor, task, target),
    projectEgress: (actor, project) => egressOfProject(workshop, actor, project),
    widenProject: (actor, project, request) => widenProject(workshop, actor, project, request),
    narrowProject: (actor, project, target) => narrowProject(workshop, actor, project, target),
  }
}
