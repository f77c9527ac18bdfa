// One inline function per operation of ctz/opcodes.h, used by the interpreter and by emitted C alike, so that both
// compute the same. The rule of their shape, for code that makes calls of them:
//
//   ctz_op_<name>(run, operands...)            answers the value, for operations that never give up
//   ctz_op_<name>(run, operands..., &out)      answers 0 when it gives up, for those whose `bails` is 1
//   VIEW_* take the ctz_view_kind right after `run`, LIST_* the ctz_list_kind; what has no result has no `out`
//   MOVE, JUMP*, CALL, RETURN and BAIL are C of their own; a BAIL is `ctz_give_up(run, CTZ_BAIL_THROWN, number)`
//
// b is int, n double, i int32_t, k int64_t, s ctz_text, v ctz_view, N, B and S ctz_list. A function of emitted C begins
// with ctz_enter and ends with ctz_leave, and notes with ctz_bail_at where it gave up.
#ifndef CTZ_PROGRAM_OPS_H
#define CTZ_PROGRAM_OPS_H

#include "ctz/opcodes.h"
#include "ctz/ops_list.h"
#include "ctz/ops_number.h"
#include "ctz/ops_text.h"
#include "ctz/ops_view.h"
#include "ctz/program.h"

#if defined(__GNUC__)
#define CTZ_EXPORT __attribute__((visibility("default")))
#define CTZ_STACK_HERE() ((const char *)__builtin_frame_address(0))
#else
#define CTZ_EXPORT
#define CTZ_STACK_HERE() ((const char *)0 + UINTPTR_MAX)
#endif

// Once in each library of bodies.
#define CTZ_DEFINE_BODY_ABI CTZ_EXPORT const uint32_t ctz_body_abi = CTZ_BODY_ABI;

CTZ_RARE static inline void ctz_note_place(ctz_run *run, uint32_t function, uint32_t instruction) {
  if (run->bail.reason == CTZ_BAIL_NONE || run->bail.function != UINT32_MAX) return;
  run->bail.function = function;
  run->bail.instruction = instruction;
}

// Where a body in C has given up: the first place that is told, which is the innermost. Answers 0.
static inline int ctz_bail_at(ctz_run *run, uint32_t function, uint32_t instruction) {
  ctz_note_place(run, function, instruction);
  return 0;
}

static inline int ctz_op_poll(ctz_run *run) {
  return ctz_should_stop(run->context) ? ctz_give_up(run, CTZ_BAIL_STOPPED, 0) : 1;
}

// Loops of emitted C count their polls in a local variable, and settle a block of them at once: at first a small one,
// then as many as are left until the engine wants to look at its clock, within these bounds.
#define CTZ_POLLS 64u
#define CTZ_MOST_POLLS 1024u
static inline void ctz_spend_polls(ctz_run *run, uint32_t count) {
  ctz_context *context = run->context;
  context->polls_left = context->polls_left > count ? context->polls_left - count : 1;
}
#if defined(__GNUC__)
#define CTZ_SELDOM(condition) __builtin_expect((condition), 0)
#else
#define CTZ_SELDOM(condition) (condition)
#endif
// Seldom, so that what a loop holds stays in registers but for this call.
// Answers the size of the next block; 0: it shall stop.
CTZ_RARE static inline uint32_t ctz_settle_polls(ctz_run *run, uint32_t block) {
  ctz_spend_polls(run, block - 1);
  if (!ctz_op_poll(run)) return 0;
  uint32_t left = run->context->polls_left;
  return left < CTZ_POLLS ? CTZ_POLLS : left < CTZ_MOST_POLLS ? left : CTZ_MOST_POLLS;
}

// As a function begins; 0: it is too deep in calls, or shall stop.
static inline int ctz_enter(ctz_run *run) {
  if (run->depth >= CTZ_PROGRAM_MAX_DEPTH || CTZ_STACK_HERE() < run->stack_end) {
    return ctz_give_up(run, CTZ_BAIL_DEPTH, 0);
  }
  if (!ctz_op_poll(run)) return 0;
  run->depth++;
  return 1;
}
static inline void ctz_leave(ctz_run *run) { run->depth--; }

// A result as it stands in a column.
static inline double ctz_column_value(double value) {
  return value == value ? value : ctz_of_bits(UINT64_C(0x7ff8000000000000));
}

#endif
