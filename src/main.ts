import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runCli } from '#cli/program.ts'
import { endWithReader } from '#cli/terminal/closed-pipe.ts'
import { cliDependencies } from '#compose/cli-dependencies.ts'
import { readConfig } from '#compose/config.ts'
import { demoCommand } from '#demo/command.ts'

const mainFile = fileURLToPath(import.meta.url)
const packageRoot = dirname(dirname(mainFile))
const { version } = JSON.parse(readFileSync(`${packageRoot}/package.json`, 'utf8'))

const program = { mainFile, packageRoot, version }
const config = readConfig()

const words = process.argv.slice(2)
for (const stream of [process.stdout, process.stderr])
  endWithReader(stream, { isServer: words.includes('serve'), exit: (code) => process.exit(code) })

process.exitCode = await runCli(cliDependencies(config, program), words, [
  ['Try it:', [demoCommand(config, program)]],
])
