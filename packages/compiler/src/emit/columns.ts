// A body over columns as C: the loop over rows stands beside the body, so that the C compiler can join the two.
import type { IrProgram } from '../ir/ir.ts'

/** Whether the program makes a number out of doubles and takes no memory: any number of rows may then be one run. */
export function runsOverColumns({ functions }: IrProgram): boolean {
  const [body] = functions
  const [result, ...more] = body?.result.types ?? []
  if (body === undefined || body.params.length === 0 || more.length > 0) return false
  const scalars = ['n', 'i', 'k']
  return (
    body.result.kind === 'single' &&
    result !== undefined &&
    scalars.includes(result) &&
    body.params.every(({ type }) => type === 'n') &&
    functions.every(({ instructions }) =>
      instructions.every(({ result: made, fields = [] }) =>
        [made, ...fields].every((each) => each === undefined || [...scalars, 'b'].includes(each.type)),
      ),
    )
  )
}

const cTypes: Readonly<Record<string, string>> = { n: 'double', i: 'int32_t', k: 'int64_t' }

/** The `ctz_column_body` of a body; it goes behind the C of the body itself. */
export function emitColumns({ functions: [body] }: IrProgram, symbol: string): string {
  const params = body?.params ?? []
  const type = cTypes[body?.result.types[0] ?? 'n'] ?? 'double'
  const args = params.map((_, index) => `column${index}[row]`)
  return `CTZ_EXPORT size_t ${symbol}_columns(ctz_run *run, const double *const *columns, double *out, size_t row, size_t end) {
${params.map((_, index) => `  const double *column${index} = columns[${index}];\n`).join('')}  uint32_t block = CTZ_POLLS, polls = CTZ_POLLS;
  if (!ctz_enter(run)) {
    ctz_bail_at(run, 0, 0);
    return row;
  }
  for (; row < end; row++) {
    ${type} given;
    if (CTZ_SELDOM(--polls == 0)) {
      block = polls = ctz_settle_polls(run, block);
      if (block == 0) return row;
    }
    if (!${symbol}_f0(${['run', ...args, '&given'].join(', ')})) return row;
    out[row] = ${type === 'double' ? 'ctz_column_value(given)' : '(double)given'};
  }
  ctz_leave(run);
  return end;
}
`
}
