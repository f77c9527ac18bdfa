// Whether a program is over after a few steps, whatever it is given. Without jumps backwards and recursion each
// instruction of a function is done once at most; with numbers and booleans alone each takes as long whatever they are.
// So it is enough to count instructions, those of called functions once for each call.
#include "ctz/opcodes.h"
#include "program/code.h"

// Interpreted, so many take some 5 us; those of Math take longer than others, some 50 ns each.
#define MOST_STEPS 512u

static bool is_scalar(uint32_t type) {
  return type == CTZ_PROGRAM_N || type == CTZ_PROGRAM_I || type == CTZ_PROGRAM_K || type == CTZ_PROGRAM_B;
}

// Texts and arrays, which any operation may take long for, are nowhere.
static bool has_only_scalars(const ctz_function *function) {
  for (uint32_t i = 0; i < function->registers; i++) {
    if (!is_scalar(function->types[i])) return false;
  }
  return true;
}

// Of one call; more than MOST_STEPS: too many. `steps` knows the functions that it calls, which come after it.
static uint32_t steps_of(const ctz_function *function, const uint32_t *steps) {
  uint32_t sum = 0;
  for (uint32_t k = 0; k < function->instructions && sum <= MOST_STEPS; k++) {
    const ctz_instruction *at = &function->code[k];
    if (at->op == CTZ_OP_SLEEP) return MOST_STEPS + 1;
    sum += 1 + (at->op == CTZ_OP_CALL ? steps[at->number] : 0);
  }
  return sum;
}

bool ctz_is_bounded(const ctz_program *program) {
  uint32_t steps[CTZ_MAX_FUNCTIONS];
  for (uint32_t i = program->function_count; i-- > 0;) {
    if (!has_only_scalars(&program->functions[i])) return false;
    steps[i] = steps_of(&program->functions[i], steps);
  }
  return steps[0] <= MOST_STEPS;
}
