// `node service-guard.mjs FOLDER`: takes a server along whose test run was killed and could not do it. Each line of its
// input is the pid of the server from now on, or 0 for none; the end of the input is the end of the test run.
import { rmSync } from 'node:fs'
import { createInterface } from 'node:readline'

const [folder] = process.argv.slice(2)
let pid = 0
for await (const line of createInterface(process.stdin)) pid = Number(line)
if (pid > 0) {
  kill(pid)
  rmSync(folder, { recursive: true, force: true, maxRetries: 20 })
}

function kill(server) {
  try {
    process.kill(server, 'SIGKILL')
  } catch (error) {
    if (error.code !== 'ESRCH') throw error
  }
}
