// What the benchmarks in C share: an engine to measure, and the table of figures, of which each is measured several
// times in turn, so that drift of the machine shows. A program prints the median of each, with the least and the
// greatest: `bench_NAME [figure ...] [--repeats=N]`.
#ifndef CTZ_BENCH_HARNESS_H
#define CTZ_BENCH_HARNESS_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctz/ctz.h"
#include "platform/thread.h"

#define LONG_MS 600000.0
#define MOST_REPEATS 101u
#define MILLION 1000000u

static inline void must(bool held, const char *what) {
  if (held) return;
  fprintf(stderr, "failed: %s\n", what);
  exit(1);
}
#define MUST(cond) must((cond), #cond)

static inline double seconds_since(uint64_t begin_ns) { return (double)(ctz_monotonic_ns() - begin_ns) / 1e9; }

static inline ctz_engine *start(uint32_t workers, uint32_t own_slots, uint32_t port_slots, bool statistics) {
  ctz_config config = {.port_slots = port_slots,
                       .own_slots = own_slots,
                       .workers = workers,
                       .max_workers = workers,
                       .memory_pool = (uint64_t)1 << 32,
                       .seed = 1,
                       .statistics = statistics};
  ctz_engine *engine;
  MUST(ctz_engine_create(&config, &engine) == CTZ_OK);
  return engine;
}

static inline void stop(ctz_engine *engine) {
  ctz_engine_close(engine, 0, NULL);
  ctz_engine_release(engine);
}

static inline uint32_t plan_for(ctz_engine *engine, const char *kernel, uint32_t priority) {
  ctz_plan plan = {.priority = priority, .timeout_ms = INFINITY, .memory_limit = UINT64_MAX};
  uint32_t index;
  MUST(ctz_kernel_find(engine, kernel, &plan.kernel) == CTZ_OK);
  MUST(ctz_plan_define(engine, &plan, &index) == CTZ_OK);
  return index;
}

typedef struct bench_figure {
  const char *name;
  const char *unit;
  double (*measure)(void);
} bench_figure;

static inline int by_size(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static inline bool is_asked(const bench_figure *figure, int count, char **names) {
  bool any = false;
  for (int i = 1; i < count; i++) {
    if (strncmp(names[i], "--", 2) == 0) continue;
    any = true;
    if (strstr(figure->name, names[i]) != NULL) return true;
  }
  return !any;
}

static inline uint32_t repeats_asked(int count, char **arguments) {
  uint32_t repeats = 5;
  for (int i = 1; i < count; i++) {
    if (strncmp(arguments[i], "--repeats=", 10) == 0) repeats = (uint32_t)strtoul(arguments[i] + 10, NULL, 10);
  }
  return repeats < 1 || repeats > MOST_REPEATS ? 5 : repeats;
}

static inline int measure_in_turn(const bench_figure *figures, size_t size, int count, char **arguments) {
  uint32_t repeats = repeats_asked(count, arguments);
  double (*samples)[MOST_REPEATS] = calloc(size, sizeof *samples);
  MUST(samples != NULL);
  for (uint32_t r = 0; r < repeats; r++) {
    for (size_t f = 0; f < size; f++) {
      if (is_asked(&figures[f], count, arguments)) samples[f][r] = figures[f].measure();
    }
  }
  for (size_t f = 0; f < size; f++) {
    if (!is_asked(&figures[f], count, arguments)) continue;
    qsort(samples[f], repeats, sizeof(double), by_size);
    printf("%-40s %10.2f %-10s (%.2f .. %.2f)\n", figures[f].name, samples[f][repeats / 2], figures[f].unit,
           samples[f][0], samples[f][repeats - 1]);
  }
  free(samples);
  return 0;
}

#endif
