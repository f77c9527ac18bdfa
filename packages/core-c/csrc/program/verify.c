// Checks instructions: registers, their types, targets, calls. What has passed cannot make the interpreter read or
// write anything but registers and what they name.
#include <string.h>

#include "ctz/opcodes.h"
#include "program/code.h"

// The instruction being checked.
typedef struct place {
  const ctz_program *program;
  const ctz_function *function;
  ctz_instruction *at;
  uint32_t function_index, index;
  ctz_complaint *complaint;
} place;

static bool refuse(const place *here, const char *what) {
  const ctz_operation *operation = ctz_operation_of(here->at->op);
  return ctz_complain(here->complaint, "function %u, instruction %u%s%s: %s", here->function_index, here->index,
                      operation == NULL ? "" : ", ", operation == NULL ? "" : operation->name, what);
}

static bool is_view(uint32_t type) { return type >= CTZ_PROGRAM_V && type < CTZ_PROGRAM_V + CTZ_VIEW_KINDS; }

static bool is_list(uint32_t type) { return type >= CTZ_PROGRAM_A && type < CTZ_PROGRAM_A + CTZ_LIST_KINDS; }

static bool has_type(const ctz_function *function, uint32_t index, char letter) {
  if (index >= function->registers) return false;
  uint32_t type = function->types[index];
  switch (letter) {
    case 'n':
      return type == CTZ_PROGRAM_N;
    case 'i':
      return type == CTZ_PROGRAM_I;
    case 'k':
      return type == CTZ_PROGRAM_K;
    case 'b':
      return type == CTZ_PROGRAM_B;
    case 's':
      return type == CTZ_PROGRAM_S;
    case 'v':
      return is_view(type);
    case 'N':
      return type == CTZ_PROGRAM_A + CTZ_LIST_N;
    case 'B':
      return type == CTZ_PROGRAM_A + CTZ_LIST_B;
    case 'S':
      return type == CTZ_PROGRAM_A + CTZ_LIST_S;
    case 'a':
      return is_list(type);
    default:
      return false;
  }
}

// `count` registers from `first` on have these types.
static bool have_types(const ctz_function *function, uint32_t first, const uint8_t *types, uint32_t count) {
  if (first > function->registers || count > function->registers - first) return false;
  return count == 0 || memcmp(function->types + first, types, count) == 0;
}

static bool is_jump(uint32_t op) { return op == CTZ_OP_JUMP || op == CTZ_OP_JUMP_IF || op == CTZ_OP_JUMP_UNLESS; }
static bool takes_view(uint32_t op) { return op >= CTZ_OP_VIEW_LENGTH && op <= CTZ_OP_VIEW_FILL; }
static bool takes_list(uint32_t op) { return op >= CTZ_OP_LIST_NEW && op <= CTZ_OP_LIST_TO_VIEW; }
static bool writes_view(uint32_t op) {
  return op == CTZ_OP_VIEW_SET || op == CTZ_OP_VIEW_SET_K || op == CTZ_OP_VIEW_SET_I || op == CTZ_OP_VIEW_FILL;
}

static bool check_move(const place *here) {
  const ctz_function *function = here->function;
  uint32_t to = here->at->result, from = here->at->operands[0];
  bool fits = to < function->registers && from < function->registers && function->types[to] == function->types[from];
  return fits || refuse(here, "its registers are not of one type");
}

static bool check_call(const place *here) {
  const ctz_instruction *at = here->at;
  if (at->number >= here->program->function_count) return refuse(here, "there is no such function");
  const ctz_function *callee = &here->program->functions[at->number];
  if (!have_types(here->function, at->operands[0], callee->types, callee->parameters)) {
    return refuse(here, "its operands are not the function's parameters");
  }
  if (callee->results == 0 || have_types(here->function, at->result, callee->result_types, callee->results))
    return true;
  return refuse(here, "its result is not the function's");
}

static bool check_return(const place *here) {
  const ctz_function *function = here->function;
  uint32_t first = here->at->operands[0], count = here->at->operands[1];
  bool fits = count == function->results && have_types(function, first, function->result_types, count);
  return fits || refuse(here, "it does not return what the function answers");
}

static bool check_plain(const place *here, const ctz_operation *operation) {
  const ctz_instruction *at = here->at;
  for (uint32_t i = 0; operation->operands[i] != '\0'; i++) {
    if (!has_type(here->function, at->operands[i], operation->operands[i]))
      return refuse(here, "an operand of another type");
  }
  char result = operation->result[0];
  if (result != '.' && !has_type(here->function, at->result, result)) return refuse(here, "a result of another type");
  return true;
}

static bool check_view(const place *here) {
  ctz_instruction *at = here->at;
  uint32_t index = at->op == CTZ_OP_VIEW_NEW ? at->result : at->operands[0];
  at->number = here->function->types[index] - (uint32_t)CTZ_PROGRAM_V;
  if (at->op != CTZ_OP_VIEW_GET_I || at->number <= CTZ_VIEW_I32) return true;
  return refuse(here, "elements that are no int32");
}

// The kind of its arrays, which must be one; a typed array must be what such an array becomes.
static bool check_list(const place *here) {
  ctz_instruction *at = here->at;
  const ctz_operation *operation = ctz_operation_of(at->op);
  const uint8_t *types = here->function->types;
  uint32_t kind = CTZ_LIST_KINDS, view = CTZ_VIEW_KINDS;
  for (int i = -1; i < 0 || operation->operands[i] != '\0'; i++) {
    char letter = i < 0 ? operation->result[0] : operation->operands[i];
    uint32_t type = letter == '.' ? 0u : types[i < 0 ? at->result : at->operands[i]];
    if (letter == 'v') view = type - CTZ_PROGRAM_V;
    if (letter != 'a') continue;
    if (kind != CTZ_LIST_KINDS && kind != type - CTZ_PROGRAM_A) return refuse(here, "arrays of two kinds");
    kind = type - CTZ_PROGRAM_A;
  }
  at->number = kind;
  bool fits = view == CTZ_VIEW_KINDS || (kind == CTZ_LIST_N && view == CTZ_VIEW_F64) ||
              (kind == CTZ_LIST_B && view == CTZ_VIEW_U8);
  return fits || refuse(here, "a typed array of another kind");
}

static bool check_lengths(const place *here) {
  const ctz_instruction *at = here->at;
  uint32_t index = at->op == CTZ_OP_SLIST_LENGTHS ? at->result : at->operands[1];
  bool fits = here->function->types[index] == CTZ_PROGRAM_V + CTZ_VIEW_I32;
  return fits || refuse(here, "lengths that are no Int32Array");
}

static bool check(const place *here) {
  const ctz_operation *operation = ctz_operation_of(here->at->op);
  if (operation == NULL) return refuse(here, "there is no such operation");
  if (here->at->op == CTZ_OP_MOVE) return check_move(here);
  if (here->at->op == CTZ_OP_CALL) return check_call(here);
  if (here->at->op == CTZ_OP_RETURN) return check_return(here);
  if (!check_plain(here, operation)) return false;
  if (takes_view(here->at->op)) return check_view(here);
  if (takes_list(here->at->op)) return check_list(here);
  if (here->at->op == CTZ_OP_SLIST_OF_TEXT || here->at->op == CTZ_OP_SLIST_LENGTHS) return check_lengths(here);
  if (is_jump(here->at->op) && here->at->number >= here->function->instructions)
    return refuse(here, "it leads nowhere");
  return true;
}

// What a function answers is what its first RETURN names; the others must agree.
static bool find_results(ctz_program *program, uint32_t index, ctz_complaint *complaint) {
  static const uint8_t scalars[CTZ_PROGRAM_RECORD] = {0,         1,  2,  3,  4,  5,  6,  7,  8,
                                                      [16] = 16, 17, 18, 19, 20, 21, 22, 23, 24};
  ctz_function *function = &program->functions[index];
  if (function->result != CTZ_PROGRAM_RECORD) {
    function->results = function->result == CTZ_PROGRAM_NOTHING ? 0 : 1;
    function->result_types = &scalars[function->result];
    return true;
  }
  for (uint32_t i = 0; i < function->instructions; i++) {
    const ctz_instruction *at = &function->code[i];
    if (at->op != CTZ_OP_RETURN) continue;
    uint32_t first = at->operands[0], count = at->operands[1];
    if (count > CTZ_PROGRAM_MAX_VALUES || first + count > function->registers) {
      return ctz_complain(complaint, "function %u, instruction %u: it returns what is not there", index, i);
    }
    function->results = count;
    function->result_types = function->types + first;
    return true;
  }
  return true;
}

static bool ends(const ctz_function *function) {
  if (function->instructions == 0) return false;
  uint32_t op = function->code[function->instructions - 1].op;
  return op == CTZ_OP_JUMP || op == CTZ_OP_RETURN || op == CTZ_OP_BAIL;
}

static bool verify_function(const ctz_program *program, uint32_t index, ctz_complaint *complaint) {
  const ctz_function *function = &program->functions[index];
  if (!ends(function)) return ctz_complain(complaint, "function %u does not end", index);
  for (uint32_t i = 0; i < function->instructions; i++) {
    size_t offset = (size_t)(function->code - program->code) + i;
    place here = {program, function, &program->code[offset], index, i, complaint};
    if (!check(&here)) return false;
  }
  return true;
}

// Arrays stay within a program: what goes in and comes out of it are typed arrays and texts.
static bool check_door(const ctz_program *program, ctz_complaint *complaint) {
  const ctz_function *body = &program->functions[0];
  for (uint32_t i = 0; i < body->parameters; i++) {
    if (is_list(body->types[i])) return ctz_complain(complaint, "function 0 takes an array");
  }
  for (uint32_t i = 0; i < body->results; i++) {
    if (is_list(body->result_types[i])) return ctz_complain(complaint, "function 0 answers an array");
  }
  return true;
}

bool ctz_verify(ctz_program *program, ctz_complaint *complaint) {
  for (uint32_t i = 0; i < program->function_count; i++) {
    if (!find_results(program, i, complaint)) return false;
  }
  if (!check_door(program, complaint)) return false;
  for (uint32_t i = 0; i < program->function_count; i++) {
    if (!verify_function(program, i, complaint)) return false;
  }
  return true;
}

static bool touch(bool *into, bool touched) {
  bool news = touched && !*into;
  if (news) *into = true;
  return news;
}

// Carries over through one instruction which registers name memory that is written to. Answers whether anything is new.
static bool carry(const ctz_program *program, const ctz_function *function, const ctz_instruction *at) {
  if (writes_view(at->op)) return touch(&function->touched[at->operands[0]], true);
  if (at->op == CTZ_OP_MOVE) return touch(&function->touched[at->operands[0]], function->touched[at->result]);
  if (at->op != CTZ_OP_CALL) return false;
  const ctz_function *callee = &program->functions[at->number];
  bool news = false;
  for (uint32_t i = 0; i < callee->parameters; i++) {
    news |= touch(&function->touched[at->operands[0] + i], callee->touched[i]);
  }
  for (uint32_t k = 0; k < callee->instructions; k++) {
    if (callee->code[k].op != CTZ_OP_RETURN) continue;
    for (uint32_t i = 0; i < callee->results; i++) {
      news |= touch(&callee->touched[callee->code[k].operands[0] + i], function->touched[at->result + i]);
    }
  }
  return news;
}

static void find_touched(const ctz_program *program) {
  for (bool news = true; news;) {
    news = false;
    for (uint32_t i = 0; i < program->function_count; i++) {
      const ctz_function *function = &program->functions[i];
      for (uint32_t k = 0; k < function->instructions; k++) news |= carry(program, function, &function->code[k]);
    }
  }
}

static bool loops(const ctz_program *program) {
  for (uint32_t i = 0; i < program->function_count; i++) {
    const ctz_function *function = &program->functions[i];
    for (uint32_t k = 0; k < function->instructions; k++) {
      const ctz_instruction *at = &function->code[k];
      if ((is_jump(at->op) && at->number <= k) || (at->op == CTZ_OP_CALL && at->number <= i)) return true;
    }
  }
  return false;
}

void ctz_describe(ctz_program *program) {
  const ctz_function *body = &program->functions[0];
  ctz_signature *signature = &program->signature;
  find_touched(program);
  signature->parameters = body->parameters;
  signature->results = body->results;
  signature->result = (uint8_t)body->result;
  signature->loops = loops(program);
  signature->bounded = !signature->loops && ctz_is_bounded(program);
  memcpy(signature->types, body->types, body->parameters);
  if (body->results > 0) memcpy(signature->result_types, body->result_types, body->results);
  for (uint32_t i = 0; i < body->parameters; i++) signature->written[i] = is_view(body->types[i]) && body->touched[i];
}
