// The kernels that come with the engine, called directly: known check values, edges, and that they stop when asked.
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "ctz/engine.h"
#include "kernels/blocks.h"
#include "kernels/kernels.h"

// A context that keeps what the kernel did. `polls` counts looks at ctz_should_stop; look number `stop_at` says stop.
typedef struct probe {
  ctz_context context;
  unsigned polls, stop_at, failures;
  bool refuse_memory;
  char error[64], message[128];
  void *block;
} probe;

static void *refused_alloc(ctz_context *context, size_t bytes, size_t align) {
  (void)context;
  (void)bytes;
  (void)align;
  return NULL;
}

// One block a call, as the built-in kernels use it. malloc: a sanitizer sees whoever writes past its end.
static void *probe_alloc_result(ctz_context *context, size_t bytes) {
  probe *self = (probe *)(void *)context;
  CHECK(self->block == NULL && bytes > 0);
  if (!self->refuse_memory) self->block = malloc(bytes);
  return self->block;
}

static void probe_fail(ctz_context *context, const char *name, const char *code, const char *message) {
  probe *self = (probe *)(void *)context;
  CHECK(code == NULL && strlen(name) < sizeof self->error && strlen(message) < sizeof self->message);
  strcpy(self->error, name);
  strcpy(self->message, message);
  self->failures++;
}

static int probe_poll(ctz_context *context) {
  probe *self = (probe *)(void *)context;
  context->polls_left = 1;
  return ++self->polls == self->stop_at;
}

static probe probe_make(void) {
  return (probe){.context = {.abi = CTZ_KERNEL_ABI,
                             .attempt = 1,
                             .polls_left = 1,
                             .alloc = refused_alloc,
                             .alloc_result = probe_alloc_result,
                             .fail = probe_fail,
                             .poll = probe_poll}};
}

static const ctz_kernel *kernel_named(const char *name) {
  const ctz_library *library = ctz_builtin_kernels();
  for (uint32_t i = 0; i < library->count; i++) {
    if (strcmp(library->kernels[i].name, name) == 0) return &library->kernels[i];
  }
  fprintf(stderr, "there is no kernel %s\n", name);
  exit(1);
}

static ctz_outcome_code run_in(probe *self, const char *name, const ctz_value *args, ctz_value *result) {
  *result = (ctz_value){.slice = {.data = NULL}};
  return kernel_named(name)->run(&self->context, args, result);
}

static ctz_value run_well(const char *name, const ctz_value *args) {
  probe self = probe_make();
  ctz_value result;
  CHECK(run_in(&self, name, args, &result) == CTZ_KERNEL_OK);
  CHECK(self.failures == 0 && self.block == NULL);
  return result;
}

static ctz_value number(double value) { return (ctz_value){.f64 = value}; }

static ctz_value slice(const void *data, uint64_t length) {
  return (ctz_value){.slice = {.data = data, .length = length}};
}

static uint64_t bits_of(double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

// To the bit; all NaNs are one, as they are in JavaScript.
static bool same(double a, double b) { return (isnan(a) && isnan(b)) || bits_of(a) == bits_of(b); }

static double *numbers(size_t count, double first, double step) {
  double *values = malloc((count + 1) * sizeof *values);
  CHECK(values != NULL);
  for (size_t i = 0; i < count; i++) values[i] = first + step * (double)i;
  return values;
}

static void the_table_is_sound(void) {
  const ctz_library *library = ctz_builtin_kernels();
  CHECK_EQ_U64(library->abi, CTZ_KERNEL_ABI);
  CHECK_EQ_U64(library->count, 11);
  for (uint32_t i = 0; i < library->count; i++) {
    const ctz_kernel *kernel = &library->kernels[i];
    CHECK(kernel->run != NULL && kernel->arity <= CTZ_KERNEL_MAX_ARITY && kernel->result < CTZ_TYPE_COUNT);
    for (uint32_t k = 0; k < kernel->arity; k++) CHECK(kernel->args[k] != CTZ_VOID && kernel->args[k] < CTZ_FIELDS);
    CHECK((kernel->fields != NULL) == (kernel->result == CTZ_FIELDS));
    for (uint32_t other = 0; other < i; other++) CHECK(strcmp(kernel->name, library->kernels[other].name) != 0);
  }
  uint32_t fields = 1;
  for (const char *at = CTZ_STATS_FIELDS; *at != 0; at++) fields += *at == ',';
  CHECK_EQ_U64(fields, CTZ_STATS_FIELD_COUNT);
}

static void numbers_are_added_and_multiplied(void) {
  run_well("noop", NULL);
  const double edges[] = {0.0, -0.0, 1.5, -3, INFINITY, -INFINITY, NAN, 5e-324, 2.2250738585072014e-308, 1e308};
  for (size_t i = 0; i < sizeof edges / sizeof *edges; i++) {
    for (size_t k = 0; k < sizeof edges / sizeof *edges; k++) {
      const ctz_value pair[] = {number(edges[i]), number(edges[k])};
      CHECK(same(run_well("add", pair).f64, edges[i] + edges[k]));
      CHECK(same(run_well("multiply", pair).f64, edges[i] * edges[k]));
    }
  }
}

static void columns_keep_to_their_chunk(void) {
  enum { ROWS = 5000, BEGIN = 3, END = 4990 };
  double *a = numbers(ROWS, 0.1, 0.7), *b = numbers(ROWS, -9, 0.3), *out = numbers(ROWS, -1, 0);
  const double *columns[] = {a, b};
  const char *const names[] = {"add", "multiply"};
  for (size_t n = 0; n < 2; n++) {
    probe self = probe_make();
    CHECK(kernel_named(names[n])->columns(&self.context, columns, out, BEGIN, END) == CTZ_KERNEL_OK);
    CHECK_EQ_U64(self.polls, 5);
    for (size_t i = BEGIN; i < END; i++) CHECK(same(out[i], n == 0 ? a[i] + b[i] : a[i] * b[i]));
    CHECK(same(out[BEGIN - 1], -1) && same(out[END], -1));
    // no rows, and a result that replaces a column
    CHECK(kernel_named(names[n])->columns(&self.context, columns, out, 7, 7) == CTZ_KERNEL_OK);
    const double before = a[10];
    CHECK(kernel_named(names[n])->columns(&self.context, columns, a, 10, 11) == CTZ_KERNEL_OK);
    CHECK(same(a[10], n == 0 ? before + b[10] : before * b[10]));
    self = probe_make();
    self.stop_at = 2;
    out[BEGIN + CTZ_BLOCK_NUMBERS] = -1;
    CHECK(kernel_named(names[n])->columns(&self.context, columns, out, BEGIN, END) == CTZ_KERNEL_STOPPED);
    CHECK(same(out[BEGIN + CTZ_BLOCK_NUMBERS], -1));
  }
  free(a);
  free(b);
  free(out);
}

static uint32_t hash_of(const char *name, const void *bytes, uint64_t count) {
  const ctz_value arg = slice(bytes, count);
  return run_well(name, &arg).u32;
}

// Bit by bit, from the polynomial.
static uint32_t slow_crc32(const uint8_t *bytes, size_t count) {
  uint32_t crc = 0xFFFFFFFFu;
  for (size_t i = 0; i < count; i++) {
    crc ^= bytes[i];
    for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (0xEDB88320u & (0u - (crc & 1u)));
  }
  return ~crc;
}

static void crc32_is_that_of_zlib(void) {
  CHECK_EQ_U64(hash_of("crc32", NULL, 0), 0);
  CHECK_EQ_U64(hash_of("crc32", "a", 1), 0xE8B7BE43u);
  CHECK_EQ_U64(hash_of("crc32", "123456789", 9), 0xCBF43926u);
  CHECK_EQ_U64(hash_of("crc32", "The quick brown fox jumps over the lazy dog", 43), 0x414FA339u);
  // every byte at every place of the eight, every length and every alignment
  uint8_t bytes[600];
  for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (uint8_t)(i * 197 + (i >> 8) * 31 + 5);
  for (size_t at = 0; at < 9; at++) {
    for (size_t count = 0; at + count <= sizeof bytes; count++) {
      CHECK_EQ_U64(hash_of("crc32", bytes + at, count), slow_crc32(bytes + at, count));
    }
  }
  uint8_t *large = malloc(3 * CTZ_BLOCK_BYTES);
  CHECK(large != NULL);
  for (size_t i = 0; i < 3 * CTZ_BLOCK_BYTES; i++) large[i] = (uint8_t)(i * i >> 3);
  for (size_t count = 3 * CTZ_BLOCK_BYTES - 17; count <= 3 * CTZ_BLOCK_BYTES; count++) {
    CHECK_EQ_U64(hash_of("crc32", large, count), slow_crc32(large, count));
  }
  free(large);
}

// The check values that xxHash's own self-test publishes, over its buffer of pseudo-random bytes.
static void xxh32_is_that_of_the_specification(void) {
  CHECK_EQ_U64(hash_of("xxh32", NULL, 0), 0x02CC5D05u);
  CHECK_EQ_U64(hash_of("xxh32", "a", 1), 0x550D7456u);
  CHECK_EQ_U64(hash_of("xxh32", "abc", 3), 0x32D153FFu);
  CHECK_EQ_U64(hash_of("xxh32", "Nobody inspects the spammish repetition", 39), 0xE2293B2Fu);
  uint8_t buffer[101];
  uint32_t generator = 2654435761u;
  for (size_t i = 0; i < sizeof buffer; i++) {
    buffer[i] = (uint8_t)(generator >> 24);
    generator *= generator;
  }
  CHECK_EQ_U64(hash_of("xxh32", buffer, 1), 0xB85CBEE5u);
  CHECK_EQ_U64(hash_of("xxh32", buffer, 14), 0xE5AA0AB4u);
  CHECK_EQ_U64(hash_of("xxh32", buffer, 101), 0x1F1AA412u);
  // the same wherever the bytes lie
  for (size_t at = 1; at < 9; at++) {
    uint8_t moved[sizeof buffer + 9];
    memcpy(moved + at, buffer, sizeof buffer);
    CHECK_EQ_U64(hash_of("xxh32", moved + at, sizeof buffer), 0x1F1AA412u);
  }
}

static double sum_of(const double *values, size_t count) {
  const ctz_value arg = slice(values, count);
  return run_well("sum", &arg).f64;
}

static void sums_go_from_left_to_right(void) {
  CHECK(same(sum_of(NULL, 0), 0));
  CHECK(same(sum_of((const double[]){-0.0}, 1), 0));
  CHECK(same(sum_of((const double[]){1e16, 1, 1, -1e16}, 4), 0));
  CHECK(same(sum_of((const double[]){1, 1, 1e16, -1e16}, 4), 2));
  CHECK(isnan(sum_of((const double[]){INFINITY, 1, -INFINITY}, 3)));
  CHECK(isnan(sum_of((const double[]){1, NAN}, 2)));
  double *values = numbers(2500, 0.1, 0.1);
  double expected = 0;
  for (size_t i = 0; i < 2500; i++) expected += values[i];
  CHECK(same(sum_of(values, 2500), expected));
  free(values);
}

static void dot_rounds_after_each_operation(void) {
  // fused, the first product would not be rounded and the difference would not be 0
  const double third = 1.0 / 3;
  volatile double square = third * third;
  const double a[] = {-square, third}, b[] = {1, third};
  CHECK(fma(third, third, -square) != 0);
  const ctz_value pair[] = {slice(a, 2), slice(b, 2)};
  CHECK(same(run_well("dot", pair).f64, 0));
  const ctz_value none[] = {slice(NULL, 0), slice(NULL, 0)};
  CHECK(same(run_well("dot", none).f64, 0));
  const ctz_value uneven[] = {slice(a, 2), slice(b, 1)};
  probe self = probe_make();
  ctz_value result;
  CHECK(run_in(&self, "dot", uneven, &result) == CTZ_KERNEL_FAILED);
  CHECK_EQ_U64(self.failures, 1);
  CHECK(strcmp(self.error, "RangeError") == 0);
  CHECK(strcmp(self.message, "dot: both arrays must have the same length") == 0);
}

static void scale_makes_a_new_array(void) {
  double *values = numbers(3000, -4, 0.3);
  const ctz_value args[] = {slice(values, 3000), number(-1.7)};
  probe self = probe_make();
  ctz_value result;
  CHECK(run_in(&self, "scale", args, &result) == CTZ_KERNEL_OK);
  CHECK(result.slice.data == self.block && result.slice.length == 3000);
  for (size_t i = 0; i < 3000; i++) CHECK(same(((const double *)self.block)[i], values[i] * -1.7));
  free(self.block);
  const ctz_value none[] = {slice(NULL, 0), number(2)};
  CHECK_EQ_U64(run_well("scale", none).slice.length, 0);
  self = probe_make();
  self.refuse_memory = true;
  CHECK(run_in(&self, "scale", args, &result) == CTZ_KERNEL_OUT_OF_MEMORY);
  free(values);
}

static void stats_are(const double *values, size_t count, const double expected[CTZ_STATS_FIELD_COUNT]) {
  const ctz_value arg = slice(values, count);
  probe self = probe_make();
  ctz_value result;
  CHECK(run_in(&self, "stats", &arg, &result) == CTZ_KERNEL_OK);
  CHECK(result.slice.data == self.block && result.slice.length == CTZ_STATS_FIELD_COUNT);
  for (size_t i = 0; i < CTZ_STATS_FIELD_COUNT; i++) CHECK(same(((const double *)self.block)[i], expected[i]));
  free(self.block);
}

static void stats_of_edges(void) {
  stats_are((const double[]){2, 4, 4, 4, 5, 5, 7, 9}, 8, (const double[]){8, 40, 5, 2, 9, 4, 2});
  stats_are((const double[]){-3}, 1, (const double[]){1, -3, -3, -3, -3, 0, 0});
  stats_are(NULL, 0, (const double[]){0, 0, NAN, NAN, NAN, NAN, NAN});
  stats_are((const double[]){1, NAN, 3}, 3, (const double[]){3, NAN, NAN, NAN, NAN, NAN, NAN});
  stats_are((const double[]){NAN, 1}, 2, (const double[]){2, NAN, NAN, NAN, NAN, NAN, NAN});
  stats_are((const double[]){0.0, -0.0}, 2, (const double[]){2, 0, 0, -0.0, 0, 0, 0});
  stats_are((const double[]){-0.0, 0.0}, 2, (const double[]){2, 0, 0, -0.0, 0, 0, 0});
  stats_are((const double[]){1, INFINITY}, 2, (const double[]){2, INFINITY, INFINITY, 1, INFINITY, NAN, NAN});
  // large and close together: where the sum of squares in one pass would lose everything
  stats_are((const double[]){1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16}, 4,
            (const double[]){4, 4e9 + 40, 1e9 + 10, 1e9 + 4, 1e9 + 16, 22.5, sqrt(22.5)});
  const double one = 1;
  const ctz_value arg = slice(&one, 1);
  probe self = probe_make();
  self.refuse_memory = true;
  ctz_value result;
  CHECK(run_in(&self, "stats", &arg, &result) == CTZ_KERNEL_OUT_OF_MEMORY);
}

static void spin_lasts_as_long_as_asked(void) {
  const double lengths[] = {0, 0.5, 200};
  for (size_t i = 0; i < 3; i++) {
    const ctz_value wanted = number(lengths[i]);
    probe self = probe_make();
    ctz_value result;
    CHECK(run_in(&self, "spin", &wanted, &result) == CTZ_KERNEL_OK);
    CHECK(result.f64 >= lengths[i]);
    CHECK((self.polls > 0) == (lengths[i] > 0));
  }
  const double refused[] = {-1, NAN, INFINITY, -INFINITY};
  for (size_t i = 0; i < 4; i++) {
    const ctz_value wanted = number(refused[i]);
    probe self = probe_make();
    ctz_value result;
    CHECK(run_in(&self, "spin", &wanted, &result) == CTZ_KERNEL_FAILED);
    CHECK(strcmp(self.error, "RangeError") == 0);
  }
  const ctz_value long_one = number(1e12);
  probe self = probe_make();
  self.stop_at = 3;
  ctz_value result;
  CHECK(run_in(&self, "spin", &long_one, &result) == CTZ_KERNEL_STOPPED);
  CHECK_EQ_U64(self.polls, 3);
}

static void text_has_bytes(void) {
  CHECK_EQ_U64(hash_of("bytes-of", NULL, 0), 0);
  CHECK_EQ_U64(hash_of("bytes-of", "gr\xC3\xBC\xC3\x9F", 6), 6);
  CHECK_EQ_U64(hash_of("bytes-of", "", UINT32_MAX), UINT32_MAX);  // it does not read the text
  const ctz_value too_long = slice("", (uint64_t)UINT32_MAX + 1);
  probe self = probe_make();
  ctz_value result;
  CHECK(run_in(&self, "bytes-of", &too_long, &result) == CTZ_KERNEL_FAILED);
  CHECK(strcmp(self.error, "RangeError") == 0);
}

// Each kernel over arrays looks once before each block and gives up at the look that says so.
static void loops_stop_when_asked(void) {
  enum { COUNT = 4096 };
  double *values = numbers(COUNT, 1, 1);
  const ctz_value reals = slice(values, COUNT), bytes = slice(values, COUNT * sizeof *values);
  const struct {
    const char *name;
    ctz_value args[2];
    unsigned looks;
  } cases[] = {
    {"crc32", {bytes}, 4},
    {"xxh32", {bytes}, 4},
    {"sum", {reals}, 4},
    {"dot", {reals, reals}, 4},
    {"scale", {reals, number(2)}, 4},
    {"stats", {reals}, 8},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    for (unsigned stop_at = 1; stop_at <= cases[i].looks + 1; stop_at++) {
      probe self = probe_make();
      self.stop_at = stop_at;
      ctz_value result;
      const ctz_outcome_code code = run_in(&self, cases[i].name, cases[i].args, &result);
      CHECK(code == (stop_at <= cases[i].looks ? CTZ_KERNEL_STOPPED : CTZ_KERNEL_OK));
      CHECK_EQ_U64(self.polls, stop_at <= cases[i].looks ? stop_at : cases[i].looks);
      free(self.block);
    }
  }
  free(values);
}

int main(void) {
  the_table_is_sound();
  numbers_are_added_and_multiplied();
  columns_keep_to_their_chunk();
  crc32_is_that_of_zlib();
  xxh32_is_that_of_the_specification();
  sums_go_from_left_to_right();
  dot_rounds_after_each_operation();
  scale_makes_a_new_array();
  stats_of_edges();
  spin_lasts_as_long_as_asked();
  text_has_bytes();
  loops_stop_when_asked();
  return check_result();
}
