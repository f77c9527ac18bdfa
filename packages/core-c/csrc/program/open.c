// From bytes to a program: the header and the tables are read here, instructions are checked in verify.c.
#include <string.h>

#include "ctz/opcodes.h"
#include "memory/allocator.h"
#include "program/code.h"
#include "program/room.h"

#define MAGIC 0x505A5443u
#define HEADER_WORDS 6u
#define FUNCTION_WORDS 8u
#define CONSTANT_WORDS 4u

// The tables in the bytes, each at its place.
typedef struct layout {
  const uint8_t *functions, *types, *constants, *units, *code;
  uint32_t function_count, constant_count, unit_count, instruction_count, type_count;
} layout;

static uint32_t word_at(const uint8_t *bytes, size_t index) {
  const uint8_t *at = bytes + index * 4;
  return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static uint16_t half_at(const uint8_t *bytes, size_t index) {
  return (uint16_t)(bytes[index * 2] | bytes[index * 2 + 1] << 8);
}

static size_t padded(size_t bytes) { return (bytes + 3u) & ~(size_t)3u; }

static uint32_t registers_of(const uint8_t *functions, uint32_t index) {
  return word_at(functions, (size_t)index * FUNCTION_WORDS + 3);
}

static bool count_types(layout *of, ctz_complaint *complaint) {
  of->type_count = 0;
  for (uint32_t i = 0; i < of->function_count; i++) {
    uint32_t registers = registers_of(of->functions, i);
    if (registers > CTZ_MAX_REGISTERS) return ctz_complain(complaint, "function %u has %u registers", i, registers);
    of->type_count += registers;
  }
  return true;
}

static bool read_header(const uint8_t *bytes, size_t size, layout *of, ctz_complaint *complaint) {
  if (size < HEADER_WORDS * 4) return ctz_complain(complaint, "it has only %zu bytes", size);
  if (word_at(bytes, 0) != MAGIC) return ctz_complain(complaint, "it does not begin as a program does");
  if (word_at(bytes, 1) != CTZ_PROGRAM_VERSION) {
    return ctz_complain(complaint, "it has version %u, wanted is %u", word_at(bytes, 1), CTZ_PROGRAM_VERSION);
  }
  of->function_count = word_at(bytes, 2);
  of->constant_count = word_at(bytes, 3);
  of->unit_count = word_at(bytes, 4);
  of->instruction_count = word_at(bytes, 5);
  if (of->function_count == 0 || of->function_count > CTZ_MAX_FUNCTIONS || of->constant_count > CTZ_MAX_CONSTANTS ||
      of->unit_count > CTZ_MAX_UNITS || of->instruction_count > CTZ_MAX_INSTRUCTIONS) {
    return ctz_complain(complaint, "it has too many functions, constants, code units or instructions, or no function");
  }
  of->functions = bytes + HEADER_WORDS * 4;
  size_t functions = (size_t)of->function_count * FUNCTION_WORDS * 4;
  if (size - HEADER_WORDS * 4 < functions) return ctz_complain(complaint, "it ends within its functions");
  if (!count_types(of, complaint)) return false;
  of->types = of->functions + functions;
  of->constants = of->types + padded(of->type_count);
  of->units = of->constants + (size_t)of->constant_count * CONSTANT_WORDS * 4;
  of->code = of->units + padded((size_t)of->unit_count * 2);
  size_t wanted = (size_t)(of->code - bytes) + (size_t)of->instruction_count * sizeof(ctz_instruction);
  return wanted == size || ctz_complain(complaint, "it has %zu bytes, its header says %zu", size, wanted);
}

static bool allocate(ctz_program *program, const layout *of) {
  program->function_count = of->function_count;
  program->constant_count = of->constant_count;
  program->unit_count = of->unit_count;
  program->instruction_count = of->instruction_count;
  program->type_count = of->type_count;
  program->functions = ctz_alloc_zeroed(sizeof(ctz_function) * of->function_count);
  program->types = ctz_alloc_zeroed((size_t)of->type_count + 1);
  program->touched = ctz_alloc_zeroed((size_t)of->type_count + 1);
  program->constants = ctz_alloc_zeroed(sizeof(ctz_register) * ((size_t)of->constant_count + 1));
  program->units = ctz_alloc_zeroed(sizeof(uint16_t) * ((size_t)of->unit_count + 1));
  program->narrow = ctz_alloc_zeroed((size_t)of->unit_count + 1);
  program->code = ctz_alloc_zeroed(sizeof(ctz_instruction) * ((size_t)of->instruction_count + 1));
  return program->functions != NULL && program->types != NULL && program->touched != NULL &&
         program->constants != NULL && program->units != NULL && program->narrow != NULL && program->code != NULL;
}

static void read_code(ctz_program *program, const layout *of) {
  for (uint32_t i = 0; i < of->instruction_count; i++) {
    const uint8_t *at = of->code + (size_t)i * sizeof(ctz_instruction);
    ctz_instruction *into = &program->code[i];
    into->op = half_at(at, 0);
    into->result = half_at(at, 1);
    for (uint32_t k = 0; k < 4; k++) into->operands[k] = half_at(at, 2 + k);
    into->number = word_at(at, 3);
  }
}

static bool read_text(ctz_program *program, const layout *of, uint32_t length, uint32_t first, ctz_text *out) {
  if (first > of->unit_count || length > of->unit_count - first) return false;
  uint32_t wide = 0;
  for (uint32_t i = 0; i < length && wide == 0; i++) wide = program->units[first + i] > 0xFF;
  const void *data = wide ? (const void *)&program->units[first] : (const void *)&program->narrow[first];
  ctz_put_text(out, length == 0 ? NULL : data, length, wide);
  return true;
}

static bool read_constant(ctz_program *program, const layout *of, uint32_t index, uint32_t type) {
  const uint8_t *at = of->constants + (size_t)index * CONSTANT_WORDS * 4;
  ctz_register *into = &program->constants[index];
  uint64_t bits = word_at(at, 2) | (uint64_t)word_at(at, 3) << 32;
  if (word_at(at, 0) != type) return false;
  switch (type) {
    case CTZ_PROGRAM_N:
      into->n = ctz_of_bits(bits);
      return true;
    case CTZ_PROGRAM_I:
      into->i = (int32_t)word_at(at, 2);
      return true;
    case CTZ_PROGRAM_K:
      into->k = (int64_t)bits;
      return into->k <= (int64_t)1 << 53 && into->k >= -((int64_t)1 << 53);
    case CTZ_PROGRAM_B:
      into->b = word_at(at, 2) != 0;
      return true;
    case CTZ_PROGRAM_S:
      return read_text(program, of, word_at(at, 1), word_at(at, 2), &into->s);
    default:
      return false;
  }
}

static bool is_register_type(uint32_t type) {
  return (type >= CTZ_PROGRAM_N && type < CTZ_PROGRAM_A + CTZ_LIST_KINDS) ||
         (type >= CTZ_PROGRAM_V && type < CTZ_PROGRAM_V + CTZ_VIEW_KINDS);
}

static bool read_types(ctz_program *program, ctz_function *function, const layout *of, uint32_t first) {
  if (first > of->type_count || function->registers > of->type_count - first) return false;
  function->types = program->types + first;
  function->touched = program->touched + first;
  for (uint32_t i = 0; i < function->registers; i++) {
    function->types[i] = of->types[first + i];
    if (!is_register_type(function->types[i])) return false;
  }
  return true;
}

static bool read_function(ctz_program *program, const layout *of, uint32_t index, ctz_complaint *complaint) {
  const uint8_t *at = of->functions + (size_t)index * FUNCTION_WORDS * 4;
  ctz_function *function = &program->functions[index];
  uint32_t first_constant = word_at(at, 1), first_instruction = word_at(at, 5);
  function->parameters = word_at(at, 0);
  function->constant_count = word_at(at, 2);
  function->registers = word_at(at, 3);
  function->result = word_at(at, 4);
  function->instructions = word_at(at, 6);
  if (function->parameters > CTZ_PROGRAM_MAX_VALUES || function->constant_count > of->constant_count ||
      function->registers < function->parameters + function->constant_count) {
    return ctz_complain(complaint, "function %u has more parameters or constants than it can have", index);
  }
  if (first_constant > of->constant_count || function->constant_count > of->constant_count - first_constant ||
      first_instruction > of->instruction_count || function->instructions > of->instruction_count - first_instruction) {
    return ctz_complain(complaint, "function %u has constants or instructions that are not there", index);
  }
  if (function->result != CTZ_PROGRAM_NOTHING && function->result != CTZ_PROGRAM_RECORD &&
      !is_register_type(function->result)) {
    return ctz_complain(complaint, "function %u answers a type that is none", index);
  }
  if (!read_types(program, function, of, word_at(at, 7))) {
    return ctz_complain(complaint, "function %u has registers of a type that is none", index);
  }
  function->constants = program->constants + first_constant;
  function->code = program->code + first_instruction;
  for (uint32_t i = 0; i < function->constant_count; i++) {
    if (read_constant(program, of, first_constant + i, function->types[function->parameters + i])) continue;
    return ctz_complain(complaint, "constant %u of function %u is not what its register is", i, index);
  }
  return true;
}

static void read_units(ctz_program *program, const layout *of) {
  for (uint32_t i = 0; i < of->unit_count; i++) {
    program->units[i] = half_at(of->units, i);
    program->narrow[i] = (uint8_t)program->units[i];
  }
}

static bool read_functions(ctz_program *program, const layout *of, ctz_complaint *complaint) {
  for (uint32_t i = 0; i < of->function_count; i++) {
    if (!read_function(program, of, i, complaint)) return false;
  }
  return true;
}

static bool has_math(const ctz_program *program, ctz_complaint *complaint) {
  for (uint32_t i = 0; i < program->instruction_count; i++) {
    const char *name = ctz_math_name(program->code[i].op);
    if (name == NULL || ctz_math_has(&program->math, name)) continue;
    return ctz_complain(complaint, "it needs Math.%s, of which no exact one was found here", name);
  }
  return true;
}

ctz_status ctz_program_open(const void *bytes, size_t size, const ctz_math *math, ctz_program **out, char *why,
                            size_t why_size) {
  layout of;
  ctz_complaint complaint = {why, why_size};
  if (!read_header(bytes, size, &of, &complaint)) return CTZ_INVALID;
  ctz_program *program = ctz_alloc_zeroed(sizeof *program);
  if (program == NULL || !allocate(program, &of)) {
    ctz_program_close(program);
    return CTZ_OUT_OF_MEMORY;
  }
  program->math = *math;
  read_code(program, &of);
  read_units(program, &of);
  if (!read_functions(program, &of, &complaint) || !ctz_verify(program, &complaint) || !has_math(program, &complaint)) {
    ctz_program_close(program);
    return CTZ_INVALID;
  }
  ctz_describe(program);
  *out = program;
  return CTZ_OK;
}

void ctz_program_close(ctz_program *program) {
  if (program == NULL) return;
  ctz_free(program->functions);
  ctz_free(program->types);
  ctz_free(program->touched);
  ctz_free(program->constants);
  ctz_free(program->units);
  ctz_free(program->narrow);
  ctz_free(program->code);
  ctz_free(program);
}

const ctz_signature *ctz_program_signature(const ctz_program *program) { return &program->signature; }

const char *ctz_program_lacks(const void *bytes, size_t size, const ctz_math *math) {
  layout of;
  ctz_complaint silent = {NULL, 0};
  if (!read_header(bytes, size, &of, &silent)) return NULL;
  for (uint32_t i = 0; i < of.instruction_count; i++) {
    uint32_t op = half_at(of.code + (size_t)i * sizeof(ctz_instruction), 0);
    const char *name = op < CTZ_OP_COUNT ? ctz_math_name(op) : NULL;
    if (name != NULL && !ctz_math_has(math, name)) return name;
  }
  return NULL;
}
