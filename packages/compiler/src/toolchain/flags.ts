// What the C compiler is told. Every flag here was compared with V8: none may change a bit of a result.

const shared: readonly string[] = [
  '-std=c11',
  '-O2',
  '-fPIC',
  '-shared',
  // a * b + c is two roundings, also where the CPU could do it in one
  '-ffp-contract=off',
  '-fno-math-errno',
  '-fno-trapping-math',
  '-fwrapv',
  '-fno-strict-aliasing',
  // the headers of the compiler itself are enough: a machine without those of the C library will do
  '-ffreestanding',
  '-fvisibility=hidden',
  '-w',
  '-pipe',
]

/** Bodies link nothing. On macOS every library names the system's own. */
export function compilerFlags(platform: string): readonly string[] {
  return platform === 'darwin' ? shared : [...shared, '-nostdlib', '-nostartfiles']
}
