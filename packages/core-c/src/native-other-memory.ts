// Memory of other processes as the binding gives it. Linux; elsewhere nothing can be read.

export interface NativeOtherMemory {
  /** Where a buffer lies in this process, for as long as it is held. */
  addressOf(buffer: ArrayBuffer): bigint
  /**
   * Fills the buffer with what the process has at an address of its own, which may be any number.
   * @returns 0, or an `errno`: some of the bytes may have been copied then
   */
  copyFrom(pid: number, address: bigint, to: ArrayBuffer): number
  /** Writes the bytes of the buffer there; on the same terms. */
  copyTo(pid: number, address: bigint, from: ArrayBuffer): number
  /** Whether the system lets this process at the memory of that one. */
  canRead(pid: number): boolean
}
