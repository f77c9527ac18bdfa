// Runs programs: each instruction jumps to the code of the next. Frames of registers lie in segments, the first of them
// on the stack of C, the others in memory of the run; calls of programs are no calls in C.
#include <string.h>

#include "ctz/opcodes.h"
#include "ctz/program_ops.h"
#include "program/code.h"

#define FIRST_SEGMENT 96u
#define LEAST_SEGMENT 1024u
#define STACK_OF_BODIES ((size_t)128 << 10)

// What is gone back to when a function returns. It lies before the registers of the function that was called.
typedef struct frame {
  const ctz_function *function;
  const ctz_instruction *at;  // the CALL
  ctz_register *registers;
  ctz_register *top, *end;
} frame;
#define FRAME_REGISTERS ((sizeof(frame) + sizeof(ctz_register) - 1) / sizeof(ctz_register))

typedef struct segment {
  ctz_register *top, *end;
  ctz_register *spare, *spare_end;  // a segment that is not in use any more, kept for the next time
} segment;

void ctz_run_begin(ctz_run *run, const ctz_program *program, ctz_context *context) {
  // one by one: compilers fill a struct of this size by an instruction that is slow to begin
  run->top = run->end = NULL;
  run->chunk = run->depth = 0;
  run->bail.reason = run->bail.number = run->bail.function = run->bail.instruction = 0;
  run->random[0] = run->random[1] = 0;
  run->log = (ctz_elements){NULL, 0, 0};
  run->runtime = ctz_program_runtime();
  run->math = &program->math;
  run->context = context;
  run->stack_end = CTZ_STACK_HERE() - STACK_OF_BODIES;
}

static bool next_segment(ctz_run *run, segment *stack, size_t wanted) {
  if ((size_t)(stack->spare_end - stack->spare) < wanted) {
    size_t count = wanted > LEAST_SEGMENT / 4 ? wanted * 4 : LEAST_SEGMENT;
    ctz_register *memory = run->context->alloc(run->context, count * sizeof(ctz_register), 16);
    if (memory == NULL) return ctz_give_up(run, CTZ_BAIL_MEMORY, 0) != 0;
    stack->spare = memory;
    stack->spare_end = memory + count;
  }
  stack->top = stack->spare;
  stack->end = stack->spare_end;
  stack->spare = stack->spare_end = NULL;
  return true;
}

// A frame for `function`, with its constants; the parameters are the caller's to write.
static ctz_register *push(ctz_run *run, segment *stack, const ctz_function *function, const frame *from) {
  size_t wanted = FRAME_REGISTERS + function->registers;
  frame back = *from;
  back.top = stack->top;
  back.end = stack->end;
  if ((size_t)(stack->end - stack->top) < wanted && !next_segment(run, stack, wanted)) return NULL;
  memcpy(stack->top, &back, sizeof back);
  ctz_register *registers = stack->top + FRAME_REGISTERS;
  stack->top += wanted;
  ctz_register *rest = registers + function->parameters;
  if (function->constant_count > 0) memcpy(rest, function->constants, sizeof(*rest) * function->constant_count);
  rest += function->constant_count;
  // what nobody has written yet is empty, not what was there before
  memset(rest, 0, (size_t)((char *)stack->top - (char *)rest));
  return registers;
}

// The frame whose registers are `registers` goes; a segment that it was the first in becomes the spare one.
static void pop(segment *stack, const frame *back, ctz_register *registers) {
  if (back->end != stack->end) {
    stack->spare = registers - FRAME_REGISTERS;
    stack->spare_end = stack->end;
  }
  stack->top = back->top;
  stack->end = back->end;
}

#if defined(__GNUC__) && !defined(CTZ_NO_COMPUTED_GOTO)
// Labels as values: a jump of its own behind each operation is predicted better than one for all.
#pragma GCC diagnostic ignored "-Wpedantic"
#define DISPATCH goto *labels[at->op];
#define CASE(name) label_##name:
#else
#define DISPATCH goto next;
#define CASE(name) case CTZ_OP_##name:
#endif

#define NEXT \
  at++;      \
  DISPATCH
#define X(i, member) r[at->operands[i]].member
#define PLAIN(name, op, out, call)        \
  CASE(name) {                            \
    r[at->result].out = ctz_op_##op call; \
    NEXT                                  \
  }
#define BAILS(name, op, call)         \
  CASE(name) {                        \
    if (!ctz_op_##op call) goto bail; \
    NEXT                              \
  }
// The letters say the result and the operands.
#define N(name, op) PLAIN(name, op, n, (run))
#define N_N(name, op) PLAIN(name, op, n, (run, X(0, n)))
#define N_NN(name, op) PLAIN(name, op, n, (run, X(0, n), X(1, n)))
#define B_N(name, op) PLAIN(name, op, b, (run, X(0, n)))
#define B_NN(name, op) PLAIN(name, op, b, (run, X(0, n), X(1, n)))
#define I_II(name, op) PLAIN(name, op, i, (run, X(0, i), X(1, i)))
#define B_II(name, op) PLAIN(name, op, b, (run, X(0, i), X(1, i)))
#define K_KK(name, op) PLAIN(name, op, k, (run, X(0, k), X(1, k)))
#define B_KK(name, op) PLAIN(name, op, b, (run, X(0, k), X(1, k)))
#define ONE(name, op, out, in) PLAIN(name, op, out, (run, X(0, in)))
#define N_SSN(name, op) PLAIN(name, op, n, (run, X(0, s), X(1, s), X(2, n)))
#define B_SSN(name, op) PLAIN(name, op, b, (run, X(0, s), X(1, s), X(2, n)))
#define S_S(name, op) BAILS(name, op, (run, X(0, s), &r[at->result].s))
#define S_SN(name, op) BAILS(name, op, (run, X(0, s), X(1, n), &r[at->result].s))
#define S_SNN(name, op) BAILS(name, op, (run, X(0, s), X(1, n), X(2, n), &r[at->result].s))
#define S_SNS(name, op) BAILS(name, op, (run, X(0, s), X(1, n), X(2, s), &r[at->result].s))
#define S_SSS(name, op) BAILS(name, op, (run, X(0, s), X(1, s), X(2, s), &r[at->result].s))

static int interpret(const ctz_program *program, ctz_run *run, segment *stack, ctz_register *r, ctz_register *results) {
  const ctz_function *function = &program->functions[0];
  const ctz_instruction *at = function->code;
#if defined(__GNUC__) && !defined(CTZ_NO_COMPUTED_GOTO)
  static const void *const labels[] = {
#define LABEL(name, result, operands, bails) &&label_##name,
    CTZ_OPCODES(LABEL)
#undef LABEL
  };
  DISPATCH
#else
next:
  switch (at->op) {
#endif
#include "program/interpret_ops.h"
#if !defined(__GNUC__) || defined(CTZ_NO_COMPUTED_GOTO)
  default:
    break;
}
#endif

bail: if (run->bail.function == UINT32_MAX) {
  run->bail.function = (uint32_t)(function - program->functions);
  run->bail.instruction = (uint32_t)(at - function->code);
}
return 0;
}

int ctz_program_run(const ctz_program *program, ctz_run *run, const ctz_register *args, ctz_register *results) {
  ctz_register first[FIRST_SEGMENT];
  segment stack = {first, first + FIRST_SEGMENT, NULL, NULL};
  const ctz_function *body = &program->functions[0];
  frame none = {NULL, NULL, NULL, NULL, NULL};
  ctz_register *r = push(run, &stack, body, &none);
  if (r == NULL) {
    run->bail.function = 0;
    return 0;
  }
  if (body->parameters > 0) memcpy(r, args, sizeof(*r) * body->parameters);
  return interpret(program, run, &stack, r, results);
}

static bool share(ctz_view a, size_t a_bytes, ctz_view b, size_t b_bytes) {
  const char *left = a.data, *right = b.data;
  return a_bytes > 0 && b_bytes > 0 && left < right + b_bytes && right < left + a_bytes;
}

uint32_t ctz_view_bytes(uint32_t type) {
  bool view = type >= CTZ_PROGRAM_V && type < CTZ_PROGRAM_V + CTZ_VIEW_KINDS;
  return view ? 1u << ctz_view_shift(type - CTZ_PROGRAM_V) : 0;
}

bool ctz_args_overlap(const ctz_program *program, const ctz_register *args) {
  const ctz_signature *of = &program->signature;
  for (uint32_t i = 0; i < of->parameters; i++) {
    if (!of->written[i]) continue;
    for (uint32_t k = 0; k < of->parameters; k++) {
      uint32_t bytes = ctz_view_bytes(of->types[i]), others = ctz_view_bytes(of->types[k]);
      if (k == i || others == 0) continue;
      if (share(args[i].v, args[i].v.length * bytes, args[k].v, args[k].v.length * others)) return true;
    }
  }
  return false;
}
