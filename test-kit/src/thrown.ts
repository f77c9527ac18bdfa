// What a call throws, or a promise rejects with, as a value to look at.

export function thrownBy(call: () => unknown): Error {
  try {
    call()
  } catch (thrown) {
    return thrown as Error
  }
  throw new Error('nothing was thrown')
}

export async function rejectionOf(promise: PromiseLike<unknown>): Promise<Error> {
  try {
    await promise
  } catch (thrown) {
    return thrown as Error
  }
  throw new Error('the promise did not reject')
}
