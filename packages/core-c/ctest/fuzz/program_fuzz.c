// Bytes that come from anywhere: random programs of functions that call each other, mostly with operands of the right
// types, are changed at random places, opened, and run if they open, with little time and memory. Whatever they do,
// nothing else may happen. As a test it makes them from a seed; with -DCTZ_LIBFUZZER and -fsanitize=fuzzer libFuzzer
// gives bytes.
#include <stdlib.h>

#include "check.h"
#include "program_bytes.h"
#include "random.h"

#define PARAMETERS 6u
#define CONSTANTS 6u
#define REGISTERS 24u
#define MOST_LINES 40u
#define MOST_FUNCTIONS 4u
#define UNITS 16u
#define ROUNDS 60000u
#define RUN_MS 2.0

static const uint8_t parameter_types[PARAMETERS] = {1, 2, 3, 4, 5, 24};
static const double numbers[] = {0,    -0.0,  1,      -1,     0.5,   2,        7,         31,
                                 1e21, -1e-7, 0x1p31, 0x1p53, 1e300, INFINITY, -INFINITY, NAN};
static const char *const texts[] = {"", "a", "abc", " 12.5 ", "0x1f", "$&", "aXbX", "1e400"};

// The operands that an operation takes, as opcodes.h has them.
static const char *const operands_of[] = {
#define OPERANDS(name, result, operands, bails) operands,
  CTZ_OPCODES(OPERANDS)
#undef OPERANDS
};
static const char *const results_of[] = {
#define RESULTS(name, result, operands, bails) result,
  CTZ_OPCODES(RESULTS)
#undef RESULTS
};

typedef struct maker {
  uint64_t state;
  uint8_t types[MOST_FUNCTIONS][REGISTERS];
  uint32_t functions;
} maker;

static uint32_t below(maker *me, uint32_t end) { return (uint32_t)(random_next(&me->state) >> 33) % end; }

static uint8_t some_type(maker *me) {
  static const uint8_t types[] = {1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 5, 6, 6, 6, 7, 8, 8, 16, 17, 20, 21, 23, 24, 24};
  return types[below(me, sizeof types)];
}

static bool suits(uint8_t type, char letter) {
  static const char letters[] = {'?', 'n', 'i', 'k', 'b', 's', 'N', 'B', 'S'};
  if (letter == 'a') return type >= CTZ_PROGRAM_A && type < CTZ_PROGRAM_A + CTZ_LIST_KINDS;
  return type >= 16 ? letter == 'v' : letters[type] == letter;
}

// A register of the wanted type, if one of some tries is; else any.
static uint16_t some_register(maker *me, uint32_t function, char letter) {
  uint32_t index = below(me, REGISTERS);
  for (uint32_t i = 0; i < 64 && !suits(me->types[function][index], letter); i++) index = below(me, REGISTERS);
  return (uint16_t)index;
}

// Arrays of one operation are of one kind, mostly.
static void make_alike(maker *me, uint32_t function, line *made) {
  const char *operands = operands_of[made->op];
  uint32_t first = results_of[made->op][0] == 'a' ? made->result : made->operands[0];
  for (uint32_t i = 0; operands[i] != '\0'; i++) {
    if (operands[i] != 'a' || me->types[function][made->operands[i]] == me->types[function][first]) continue;
    if (below(me, 8) != 0) made->operands[i] = (uint16_t)first;
  }
}

// Whether the function has a register of each type that an operation is about.
static bool can(const maker *me, uint32_t function, uint32_t op) {
  const char *const wanted[] = {operands_of[op], results_of[op]};
  for (uint32_t k = 0; k < 2; k++) {
    for (const char *letter = wanted[k]; *letter != '\0'; letter++) {
      bool found = *letter == '.' || *letter == '*' || *letter == '=';
      for (uint32_t i = 0; i < REGISTERS && !found; i++) found = suits(me->types[function][i], *letter);
      if (!found) return false;
    }
  }
  return true;
}

static line some_line(maker *me, uint32_t function, uint32_t at, uint32_t lines) {
  line made = {.op = (uint16_t)below(me, CTZ_OP_COUNT)};
  for (uint32_t i = 0; i < 16 && !can(me, function, made.op); i++) made.op = (uint16_t)below(me, CTZ_OP_COUNT);
  // programs that sleep take all their time for it
  if (made.op == CTZ_OP_SLEEP && below(me, 8) != 0) made.op = CTZ_OP_POLL;
  const char *operands = operands_of[made.op];
  made.number = below(me, 8) == 0 ? below(me, lines) : at + 1 + below(me, lines - at);
  if (made.number >= lines) made.number = lines - 1;
  if (made.op == CTZ_OP_CALL) made.number = below(me, me->functions);
  if (made.op == CTZ_OP_MOVE) {
    made.operands[0] = made.result = (uint16_t)below(me, REGISTERS);
    return made;
  }
  for (uint32_t i = 0; operands[0] != '*' && operands[i] != '\0'; i++) {
    made.operands[i] = some_register(me, function, operands[i]);
  }
  made.result = some_register(me, function, made.op == CTZ_OP_CALL ? 'n' : results_of[made.op][0]);
  make_alike(me, function, &made);
  return made;
}

static void put_function(maker *me, program_bytes *into, uint32_t function, uint32_t first, uint32_t lines) {
  const uint32_t head[] = {PARAMETERS, function * CONSTANTS, CONSTANTS, REGISTERS, 1, first,
                           lines,      function * REGISTERS};
  for (uint32_t i = 0; i < 8; i++) put_word(into, head[i]);
  uint8_t *types = me->types[function];
  memcpy(types, parameter_types, PARAMETERS);
  for (uint32_t i = PARAMETERS; i < REGISTERS; i++) types[i] = some_type(me);
  for (uint32_t i = 0; i < CONSTANTS; i++) types[PARAMETERS + i] = (uint8_t)(i % 5 + 1);
}

static void put_constants(maker *me, program_bytes *into) {
  for (uint32_t i = 0; i < me->functions * CONSTANTS; i++) {
    uint32_t type = i % CONSTANTS % 5 + 1;
    double number = numbers[below(me, sizeof numbers / sizeof *numbers)];
    uint64_t bits = below(me, 100);
    if (type == CTZ_PROGRAM_N) memcpy(&bits, &number, sizeof bits);
    put_word(into, type);
    put_word(into, type == CTZ_PROGRAM_S ? below(me, UNITS / 2) : 0);
    put_word(into, type == CTZ_PROGRAM_S ? below(me, UNITS / 2) : (uint32_t)bits);
    put_word(into, (uint32_t)(bits >> 32));
  }
  for (uint32_t i = 0; i < UNITS / 2; i++) put_word(into, 0x610062u + below(me, 3) * 0x3000);
}

static void put_random_program(maker *me, program_bytes *into) {
  uint32_t lines[MOST_FUNCTIONS], all = 0;
  me->functions = 1 + below(me, MOST_FUNCTIONS);
  for (uint32_t i = 0; i < me->functions; i++) all += lines[i] = 2 + below(me, MOST_LINES - 2);
  const uint32_t header[] = {0x505A5443u, CTZ_PROGRAM_VERSION, me->functions, me->functions * CONSTANTS, UNITS, all};
  into->count = 0;
  for (uint32_t i = 0; i < 6; i++) put_word(into, header[i]);
  for (uint32_t i = 0, first = 0; i < me->functions; first += lines[i++]) put_function(me, into, i, first, lines[i]);
  put_padded(into, me->types, me->functions * REGISTERS);
  put_constants(me, into);
  for (uint32_t i = 0; i < me->functions; i++) {
    for (uint32_t k = 0; k < lines[i]; k++) {
      line made = some_line(me, i, k, lines[i]);
      bool last = k + 1 == lines[i];
      if (last || made.op == CTZ_OP_RETURN) made = (line){CTZ_OP_RETURN, 0, {some_register(me, i, 'n'), 1}, 0};
      if (made.op == CTZ_OP_BAIL && below(me, 4) != 0) made.op = CTZ_OP_POLL;
      put_padded(into, &made, sizeof made);
    }
  }
}

static void change(maker *me, program_bytes *bytes, uint32_t *size) {
  uint8_t *at = (uint8_t *)bytes->words;
  for (uint32_t i = below(me, 4); i > 0; i--) at[below(me, *size)] = (uint8_t)below(me, 256);
  if (below(me, 50) == 0) *size = below(me, *size);
}

static ctz_register some_argument(maker *me, uint8_t type, double *array) {
  ctz_register made = {.v = {NULL, 0}};
  const char *text = texts[below(me, sizeof texts / sizeof *texts)];
  switch (type) {
    case CTZ_PROGRAM_N:
      made.n = numbers[below(me, sizeof numbers / sizeof *numbers)];
      break;
    case CTZ_PROGRAM_I:
      made.i = (int32_t)random_next(&me->state);
      break;
    case CTZ_PROGRAM_K:
      made.k = (int64_t)(random_next(&me->state) >> 11);
      break;
    case CTZ_PROGRAM_B:
      made.b = (int32_t)below(me, 2);
      break;
    case CTZ_PROGRAM_S:
      made.s = (ctz_text){text, (uint32_t)strlen(text), 0};
      break;
    default:
      made.v = (ctz_view){array, below(me, 9)};
  }
  return made;
}

// What it answers is read, so that a sanitizer sees what lies outside.
static uint64_t sum_of(const ctz_register *value, uint32_t type) {
  uint64_t sum = 0;
  size_t bytes =
      type == CTZ_PROGRAM_S ? (size_t)value->s.length << value->s.wide : (size_t)value->v.length * ctz_view_bytes(type);
  if (type != CTZ_PROGRAM_S && ctz_view_bytes(type) == 0) return 1;
  const uint8_t *data = type == CTZ_PROGRAM_S ? value->s.data : value->v.data;
  for (size_t i = 0; i < bytes; i++) sum += data[i];
  return sum;
}

typedef enum ending { REFUSED, GAVE_UP, RETURNED, ENDINGS } ending;

static ending try_bytes(maker *me, ctz_solo *solo, const uint8_t *bytes, size_t size) {
  char why[160] = "";
  ctz_program *program = NULL;
  ctz_math math = library_math();
  uint8_t *exact = malloc(size + 1);  // of its own size, so that reading beyond is seen
  memcpy(exact, bytes, size);
  ctz_program_lacks(exact, size, &math);
  ctz_status status = ctz_program_open(exact, size, &math, &program, why, sizeof why);
  free(exact);
  CHECK((status == CTZ_OK) == (program != NULL) && (status == CTZ_OK) == (why[0] == '\0'));
  if (status != CTZ_OK) return REFUSED;
  const ctz_signature *of = ctz_program_signature(program);
  ctz_register args[CTZ_PROGRAM_MAX_VALUES], results[CTZ_PROGRAM_MAX_VALUES];
  double array[8] = {1, 2, 3};
  for (uint32_t i = 0; i < of->parameters; i++) args[i] = some_argument(me, of->types[i], array);
  ctz_run run;
  ctz_run_begin(&run, program, ctz_solo_begin(solo, RUN_MS, 1u << 20));
  ctz_args_overlap(program, args);
  int done = ctz_program_run(program, &run, args, results);
  CHECK(done == (run.bail.reason == CTZ_BAIL_NONE));
  uint64_t sum = 1;
  for (uint32_t i = 0; done && i < of->results; i++) sum += sum_of(&results[i], of->result_types[i]);
  CHECK(sum > 0);
  ctz_program_close(program);
  return done ? RETURNED : GAVE_UP;
}

#if defined(CTZ_LIBFUZZER)
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  maker me = {.state = 1};
  ctz_solo *solo = ctz_solo_create();
  try_bytes(&me, solo, data, size);
  ctz_solo_destroy(solo);
  return 0;
}
#else
int main(void) {
  static program_bytes bytes;
  maker me = {.state = random_seed("program_fuzz")};
  ctz_solo *solo = ctz_solo_create();
  uint32_t endings[ENDINGS] = {0};
  for (uint32_t i = 0; i < ROUNDS; i++) {
    put_random_program(&me, &bytes);
    uint32_t size = bytes.count * 4;
    if (below(&me, 4) != 0) change(&me, &bytes, &size);
    endings[try_bytes(&me, solo, (const uint8_t *)bytes.words, size)]++;
  }
  printf("%u refused, %u gave up, %u returned\n", endings[REFUSED], endings[GAVE_UP], endings[RETURNED]);
  CHECK(endings[REFUSED] > ROUNDS / 10 && endings[GAVE_UP] > ROUNDS / 20 && endings[RETURNED] > ROUNDS / 20);
  ctz_solo_destroy(solo);
  return check_result();
}
#endif
