// Large buffers between a process and its child: a file in memory that both have open, into which one copies and out of which
// the other does. What goes through the channel is copied six times.
import { closeSync, constants, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs'

/** The file system in memory. Linux has it, and files without a name, which nobody can leave behind. */
const FOLDER = '/dev/shm'
/** `O_TMPFILE` of Linux, for which Node has no name. */
const NAMELESS = 0o20000000 | constants.O_DIRECTORY
/** Most that the system takes or gives in one call. */
const MOST_AT_ONCE = 2 ** 30

/** The same file on either side. One of them writes, tells the other how much, and does not write again before it was read. */
export class Carrier {
  /** Descriptor of the file in this process. */
  readonly fd: number

  constructor(fd: number) {
    this.fd = fd
  }

  /** A new one; null where there is no such file system, or no room to open a file. */
  static open(): Carrier | null {
    if (process.platform !== 'linux') return null
    try {
      return new Carrier(openSync(FOLDER, constants.O_RDWR | constants.O_EXCL | NAMELESS, 0o600))
    } catch {
      return null
    }
  }

  /** Copies the buffers into the file, one behind the other; false when there is no room for them, and then none is there. */
  write(buffers: readonly ArrayBuffer[]): boolean {
    try {
      let position = 0
      for (const buffer of buffers) position = writeAll(this.fd, new Uint8Array(buffer), position)
      return true
    } catch {
      this.clear()
      return false
    }
  }

  /**
   * What was written, in buffers of that many bytes; the file is empty then.
   * @throws RangeError when the file has less, and what the system throws
   */
  read(lengths: readonly number[]): ArrayBuffer[] {
    try {
      const total = lengths.reduce((sum, length) => sum + length, 0)
      // who wrote it may claim anything: no memory is taken before it is known to be there
      const { size } = fstatSync(this.fd)
      if (size < total) throw new RangeError(`${total} bytes were to be in a file of ${size}`)
      let position = 0
      return lengths.map((length) => {
        const bytes = new Uint8Array(length)
        position = readAll(this.fd, bytes, position)
        return bytes.buffer
      })
    } finally {
      this.clear()
    }
  }

  /** Gives the memory of the file back. */
  clear(): void {
    try {
      ftruncateSync(this.fd, 0)
    } catch {
      // somebody has closed it: it has no memory then
    }
  }

  close(): void {
    closeSync(this.fd)
  }
}

function writeAll(fd: number, bytes: Uint8Array, from: number): number {
  let done = 0
  while (done < bytes.length) {
    done += writeSync(fd, bytes, done, Math.min(MOST_AT_ONCE, bytes.length - done), from + done)
  }
  return from + done
}

function readAll(fd: number, bytes: Uint8Array, from: number): number {
  let done = 0
  while (done < bytes.length) {
    const more = readSync(fd, bytes, done, Math.min(MOST_AT_ONCE, bytes.length - done), from + done)
    if (more === 0) throw new RangeError('the file ended before its time')
    done += more
  }
  return from + done
}
