// The log of a run: what it wants done once it counts. Until then nothing can be seen of it, so that a run that gives
// up has done nothing. It is a text of wide units: of a number an 'n', its text and a ';', of a text an 's', its
// length, a
// ':' and its units; booleans, undefined, null and the end of each call are one unit each, which the compiler chooses.
#include "program/effects.h"

#include <string.h>

#include "ctz/program_ops.h"
#include "platform/thread.h"
#include "program/number_text.h"
#include "program/room.h"

#define LEAST_LOG 256u
// A sleeping body looks so often whether it is to stop.
#define NAP_MS 2.0

// Room for so many more units; NULL: the run gives up.
static uint16_t *more(ctz_run *run, uint64_t units) {
  ctz_elements *log = &run->log;
  uint64_t wanted = log->length + units;
  if (wanted > CTZ_TEXT_MAX_LENGTH) return ctz_give_up(run, CTZ_BAIL_LENGTH, 0), NULL;
  if (wanted > log->capacity) {
    uint64_t capacity = wanted * 2 > LEAST_LOG ? wanted * 2 : LEAST_LOG;
    void *data = run->context->alloc(run->context, (size_t)capacity * sizeof(uint16_t), 16);
    if (data == NULL) return ctz_give_up(run, CTZ_BAIL_MEMORY, 0), NULL;
    if (log->length > 0) memcpy(data, log->data, (size_t)log->length * sizeof(uint16_t));
    log->data = data;
    log->capacity = capacity;
  }
  uint16_t *at = (uint16_t *)log->data + log->length;
  log->length = wanted;
  return at;
}

static int add(ctz_run *run, ctz_text text) {
  uint16_t *at = more(run, text.length);
  if (at == NULL) return 0;
  ctz_copy_units(at, 1, 0, text);
  return 1;
}

int ctz_log_mark(ctz_run *run, int32_t unit) {
  uint16_t *at = more(run, 1);
  if (at == NULL) return 0;
  *at = (uint16_t)unit;
  return 1;
}

int ctz_log_number(ctz_run *run, double number) {
  ctz_text text;
  if (!ctz_text_of_number(run, number, &text) || !ctz_log_mark(run, 'n')) return 0;
  // the text of -0 is that of 0
  if (number == 0 && 1 / number < 0 && !ctz_log_mark(run, '-')) return 0;
  return add(run, text) && ctz_log_mark(run, ';');
}

int ctz_log_text(ctz_run *run, ctz_text text) {
  ctz_text length;
  if (!ctz_text_of_int32(run, (int32_t)text.length, &length) || !ctz_log_mark(run, 's')) return 0;
  return add(run, length) && ctz_log_mark(run, ':') && add(run, text);
}

static double now_ms(void) { return (double)ctz_monotonic_ns() / 1e6; }

int ctz_body_sleep(ctz_run *run, double milliseconds) {
  // without a number for ever, as Atomics.wait
  double until = ctz_is_nan(milliseconds) ? CTZ_INFINITY : now_ms() + (milliseconds > 0 ? milliseconds : 0);
  for (double left = until - now_ms(); left > 0; left = until - now_ms()) {
    double nap = left < NAP_MS ? left : NAP_MS;
    ctz_sleep_ns((uint64_t)(nap * 1e6));
    run->context->polls_left = 1;
    if (!ctz_op_poll(run)) return 0;
  }
  return 1;
}
