// The files that threads of pools load: built beside the program.

/** @param name of a file of `contenders/threads/` */
export function workerFile(name: string): URL {
  return new URL(`./contenders/threads/${name}.js`, import.meta.url)
}
