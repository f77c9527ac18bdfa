// Scene: tasks that are called off, one in the midst of its work and one before its time has come.
import { createHash } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { BackgroundTasks, Task, TaskResult } from '@catzilla/api'
import { TaskCancelledError, currentTask } from '@catzilla/api'
import type { Stage } from '../stage.ts'

const mebibyte = 1024 * 1024
const shortStream = 16
/** So long that only the cancellation can end it in time. */
const longStream = 64 * 1024
const cancelAfter = 48

/** What the scene sees of a stream while it is hashed. */
interface StreamWatch {
  piecesHashed: number
  /** Settles when the body has ended, however it did. */
  ended: Promise<unknown>
}

/** Hashes a short stream to its end, stops the hashing of a long one, and calls off an e-mail. */
export async function cancellationScene(stage: Stage): Promise<void> {
  stage.terminal.heading('8. Cancellation')
  const hashStream = defineHashStream(stage.tasks)
  await hashToTheEnd(stage, hashStream.task)
  await stopHashing(stage, hashStream.task, hashStream.watch)
  await callOffEmail(stage)
}

/** The task that hashes so many mebibytes of a stream, piece by piece, and looks at its signal before each. */
function defineHashStream(tasks: BackgroundTasks): { task: Task<[mebibytes: number], string>; watch: StreamWatch } {
  const watch: StreamWatch = { piecesHashed: 0, ended: Promise.resolve() }
  const task = tasks.task({ name: 'stream.hash', priority: 'low', maxRetries: 0 }, (mebibytes: number) => {
    const digest = hashPieces(mebibytes, watch)
    watch.ended = Promise.allSettled([digest])
    return digest
  })
  return { task, watch }
}

async function hashPieces(mebibytes: number, watch: StreamWatch): Promise<string> {
  const task = currentTask()
  const hash = createHash('sha256')
  for (watch.piecesHashed = 0; watch.piecesHashed < mebibytes;) {
    task.signal.throwIfAborted()
    hash.update(pieceOfStream(watch.piecesHashed++))
    task.progress(watch.piecesHashed / mebibytes)
    await nextTurn()
  }
  return hash.digest('hex')
}

async function hashToTheEnd({ terminal, checks, ledger }: Stage, hash: Task<[number], string>): Promise<void> {
  const result = hash.delay(shortStream)
  const digest = await result.wait()
  const pieces = Array.from({ length: shortStream }, (_, index) => Buffer.from(pieceOfStream(index)))
  const expected = createHash('sha256').update(Buffer.concat(pieces)).digest('hex')
  checks.equal(digest, expected, 'hashing a stream piece by piece gives what hashing it at once gives')
  terminal.line(`${shortStream} MiB hashed: sha256 ${digest.slice(0, 16)}…`)
  ledger.enter(result, `${shortStream} MiB, sha256 ${digest.slice(0, 8)}…`)
}

async function stopHashing(
  { tasks, terminal, checks, ledger }: Stage,
  hash: Task<[number], string>,
  watch: StreamWatch,
): Promise<void> {
  const result = hash.delay(longStream)
  let hashedWhenCancelled = 0
  const stopListening = tasks.on('progress', ({ taskId, ratio }) => {
    if (taskId !== result.taskId || ratio * longStream < cancelAfter) return
    stopListening()
    hashedWhenCancelled = watch.piecesHashed
    result.cancel('the demo has seen enough')
  })
  const error = await expectCancellation(result)
  await watch.ended
  checks.holds(error instanceof TaskCancelledError, 'the running task ends as cancelled', String(error))
  checks.holds(watch.piecesHashed <= hashedWhenCancelled + 1, 'its body stopped with the piece it was at')
  terminal.line(`${watch.piecesHashed} of ${longStream} MiB hashed, then cancelled: ${error.message}`)
  ledger.enter(result, `after ${watch.piecesHashed} of ${longStream} MiB`)
}

async function callOffEmail({ sendEmail, mailServer, terminal, checks, ledger }: Stage): Promise<void> {
  const recipient = 'hal@example.org'
  const result = sendEmail.with({ delayMs: 60_000 }).delay(recipient, 'Meeting at ten', 'See you there.')
  checks.equal(result.status, 'scheduled', 'the e-mail waits for its time')
  checks.holds(result.cancel('the meeting is off'), 'an e-mail that waits can be called off')
  const error = await expectCancellation(result)
  checks.holds(error instanceof TaskCancelledError, 'the waiting task ends as cancelled', String(error))
  checks.equal(mailServer.receivedFor(recipient), [], 'an e-mail that was called off is not sent')
  terminal.line(`an e-mail due in a minute was called off: ${error.message}`)
  ledger.enter(result, 'called off before its time')
}

async function expectCancellation(result: TaskResult<string>): Promise<Error> {
  try {
    return new Error(`the task gave ${await result.wait()}`)
  } catch (thrown) {
    return thrown instanceof Error ? thrown : new Error(String(thrown))
  }
}

/** One mebibyte of a stream without end: its number, over and over. */
function pieceOfStream(index: number): Uint8Array {
  return new Uint8Array(new Uint32Array(mebibyte / 4).fill(index + 1).buffer)
}
