#include "queue/batch.h"

#include "check.h"

static void gives_what_it_was_filled_with(void) {
  ctz_batch batch;
  ctz_batch_init(&batch);
  uint32_t item = 0, items[CTZ_BATCH_SIZE];
  CHECK(!ctz_batch_take(&batch, &item));
  for (uint32_t count = 1; count <= CTZ_BATCH_SIZE; count++) {
    for (uint32_t i = 0; i < count; i++) items[i] = count * 100u + i;
    ctz_batch_fill(&batch, items, count);
    for (uint32_t i = 0; i < count; i++) {
      CHECK_EQ_U64(ctz_batch_length(&batch), count - i);
      CHECK(ctz_batch_take(&batch, &item));
      CHECK_EQ_U64(item, count * 100u + i);
    }
    CHECK_EQ_U64(ctz_batch_length(&batch), 0);
    CHECK(!ctz_batch_take(&batch, &item));
  }
}

static void no_word_comes_twice(void) {
  ctz_batch batch;
  ctz_batch_init(&batch);
  uint64_t last = atomic_load_explicit(&batch.word, memory_order_relaxed);
  for (uint32_t i = 0; i < 1000; i++) {
    uint32_t item = i;
    if (i % 2 == 0)
      ctz_batch_fill(&batch, &item, 1);
    else
      CHECK(ctz_batch_take(&batch, &item));
    uint64_t word = atomic_load_explicit(&batch.word, memory_order_relaxed);
    CHECK(word > last);
    last = word;
  }
}

int main(void) {
  gives_what_it_was_filled_with();
  no_word_comes_twice();
  return check_result();
}
