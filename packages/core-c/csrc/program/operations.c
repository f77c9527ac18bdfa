// The table of operations as data.
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ctz/opcodes.h"
#include "program/code.h"

static const ctz_operation operations[] = {
#define OPERATION(name, result, operands, bails) {#name, result, operands},
  CTZ_OPCODES(OPERATION)
#undef OPERATION
};

const ctz_operation *ctz_operation_of(uint32_t op) { return op < CTZ_OP_COUNT ? &operations[op] : NULL; }

bool ctz_complain(ctz_complaint *about, const char *format, ...) {
  va_list values;
  va_start(values, format);
  if (about->size > 0) vsnprintf(about->text, about->size, format, values);
  va_end(values);
  return false;
}

// "F64_SIN" and "sin".
static bool names_function(const char *operation, const char *function) {
  if (strncmp(operation, "F64_", 4) != 0) return false;
  for (operation += 4; *operation != '\0'; operation++, function++) {
    char lower = *operation >= 'A' && *operation <= 'Z' ? (char)(*operation | 0x20) : *operation;
    if (lower != *function) return false;
  }
  return *function == '\0';
}

const char *ctz_math_name(uint32_t op) {
  if (op >= CTZ_OP_COUNT) return NULL;
#define NAMES(function, arguments) \
  if (names_function(operations[op].name, #function)) return #function;
  CTZ_MATH(NAMES)
#undef NAMES
  return NULL;
}

bool ctz_math_has(const ctz_math *math, const char *name) {
#define HAS(member, arguments) \
  if (strcmp(name, #member) == 0) return math->member != NULL;
  CTZ_MATH(HAS)
#undef HAS
  return false;
}
