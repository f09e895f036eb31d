import type { Bench } from './tools/bench.ts'
import { createTool } from './tools/create.ts'
import { editTool } from './tools/edit.ts'
import { listTool } from './tools/list.ts'
import { readTool } from './tools/read.ts'
import { searchTool } from './tools/search.ts'
import { shellTool } from './tools/shell.ts'

/** The tools of the built-in agent, by the names the model calls them. */
export function toolbox(bench: Bench) {
  return {
    list: listTool(bench),
    search: searchTool(bench),
    read: readTool(bench),
    edit: editTool(bench),
    create: createTool(bench),
    shell: shellTool(bench),
  }
}
