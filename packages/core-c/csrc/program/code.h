// An opened program: what its bytes said, checked and laid out for the interpreter.
#ifndef CTZ_PROGRAM_CODE_H
#define CTZ_PROGRAM_CODE_H

#include "ctz/programs.h"

#define CTZ_MAX_FUNCTIONS 1024u
#define CTZ_MAX_REGISTERS 16384u
#define CTZ_MAX_CONSTANTS 65536u
#define CTZ_MAX_UNITS (1u << 26)
#define CTZ_MAX_INSTRUCTIONS (1u << 20)

// As it is in the bytes.
typedef struct ctz_instruction {
  uint16_t op, result;
  uint16_t operands[4];
  uint32_t number;  // of VIEW_* and LIST_*: the ctz_view_kind or ctz_list_kind, put there when it is opened
} ctz_instruction;

typedef struct ctz_function {
  const ctz_instruction *code;
  uint8_t *types;  // of its registers
  const ctz_register *constants;
  uint32_t parameters, constant_count, registers, instructions;
  uint32_t result;            // a ctz_program_type
  uint32_t results;           // registers of its result
  const uint8_t *result_types;
  bool *touched;              // registers, typed arrays, through which it may write
} ctz_function;

struct ctz_program {
  ctz_function *functions;
  uint32_t function_count, constant_count, unit_count, instruction_count, type_count;
  ctz_instruction *code;
  ctz_register *constants;
  uint16_t *units;  // of the texts among the constants
  uint8_t *narrow;  // the same units as bytes, for texts of Latin-1
  uint8_t *types;
  bool *touched;
  ctz_math math;
  ctz_signature signature;
};

// Of an operation, as the table in ctz/opcodes.h has it.
typedef struct ctz_operation {
  const char *name, *result, *operands;
} ctz_operation;
const ctz_operation *ctz_operation_of(uint32_t op);  // NULL: there is none

// What is wrong with a program, to be told in one sentence.
typedef struct ctz_complaint {
  char *text;
  size_t size;
} ctz_complaint;
#if defined(__MINGW32__)
__attribute__((format(gnu_printf, 2, 3)))  // as the compiler is told that printf is: cmake/Flags.cmake
#elif defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
bool ctz_complain(ctz_complaint *about, const char *format, ...);  // answers false

// Checks every instruction of every function, and fills in the kinds of arrays.
bool ctz_verify(ctz_program *program, ctz_complaint *complaint);
// What goes in and comes out, after ctz_verify.
void ctz_describe(ctz_program *program);
// Whether a run takes little time whatever it is given, for a program that has no loops.
bool ctz_is_bounded(const ctz_program *program);
// The name of the function of Math behind an operation; NULL: it is none.
const char *ctz_math_name(uint32_t op);
bool ctz_math_has(const ctz_math *math, const char *name);

#endif
