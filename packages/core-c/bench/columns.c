// Columns through the engine, beside the plain loop.
#if !defined(_GNU_SOURCE)
#define _GNU_SOURCE
#endif
#include "../ctest/port_client.h"
#include "harness.h"

#define ROWS ((size_t)4 * MILLION)
static double *column_a, *column_b, *column_out;

static void make_columns(void) {
  if (column_a != NULL) return;
  column_a = malloc(sizeof(double) * ROWS);
  column_b = malloc(sizeof(double) * ROWS);
  column_out = malloc(sizeof(double) * ROWS);
  for (size_t i = 0; i < ROWS; i++) {
    column_a[i] = (double)i;
    column_b[i] = 0.5;
    column_out[i] = 0;
  }
}

static double columns_rate(uint32_t workers) {
  make_columns();
  ctz_engine *engine = start(workers, 1, 16, true);
  port_client client = port_open(engine);
  uint32_t plan = plan_for(engine, "add", 2);
  const double *in[2] = {column_a, column_b};
  uint64_t begin = ctz_monotonic_ns();
  for (uint32_t i = 0; i < 20; i++) {
    uint32_t slot = port_take(&client);
    MUST(ctz_port_attach_columns(engine, slot, plan, in, 2, column_out, ROWS, 4096) == CTZ_OK);
    port_fill(&client, slot, plan, 0, 0);
    port_push(&client, slot, 2, ctz_now(engine));
    port_notice notice;
    MUST(port_await(&client, &notice, LONG_MS));
    ctz_port_free(engine, slot);
    port_give(&client, slot);
  }
  double rate = 20.0 * (double)ROWS / seconds_since(begin) / 1e6;
  stop(engine);
  port_close(&client);
  return rate;
}

static double columns_1(void) { return columns_rate(1); }
static double columns_2(void) { return columns_rate(2); }

static void add_plainly(const double *a, const double *b, double *out, size_t rows) {
  for (size_t i = 0; i < rows; i++) out[i] = a[i] + b[i];
}

static double columns_plain(void) {
  make_columns();
  void (*volatile loop)(const double *, const double *, double *, size_t) = add_plainly;
  uint64_t begin = ctz_monotonic_ns();
  for (uint32_t i = 0; i < 20; i++) loop(column_a, column_b, column_out, ROWS);
  return 20.0 * (double)ROWS / seconds_since(begin) / 1e6;
}

static const bench_figure figures[] = {
  {"columns-add-plain-loop", "M rows/s", columns_plain},
  {"columns-add-1-worker", "M rows/s", columns_1},
  {"columns-add-2-workers", "M rows/s", columns_2},
};

int main(int count, char **arguments) {
  return measure_in_turn(figures, sizeof figures / sizeof *figures, count, arguments);
}
