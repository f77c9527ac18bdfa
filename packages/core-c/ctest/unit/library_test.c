// Libraries of kernels: the example as users would write it, and those that are refused.
#include "engine_fixture.h"

static void test_example(void) {
  ctz_engine *engine = start_engine(1, 8, 0);
  char why[256] = "";
  uint32_t before = ctz_kernel_count(engine);
  CHECK_EQ_U64(ctz_library_load(engine, CTZ_EXAMPLE_LIBRARY, why, sizeof why), CTZ_OK);
  uint32_t after = ctz_kernel_count(engine);
  CHECK(after > before);
  // the same library again is no mistake, and adds nothing
  CHECK_EQ_U64(ctz_library_load(engine, CTZ_EXAMPLE_LIBRARY, NULL, 0), CTZ_OK);
  CHECK_EQ_U64(ctz_kernel_count(engine), after);
  uint32_t plan = define_simple(engine, "example.hypotenuse", 1);
  ctz_outcome outcome = end_of(engine, submit_numbers(engine, plan, 2, 3, 4, 0));
  CHECK(outcome.state == CTZ_SLOT_COMPLETED && outcome.value.f64 == 5);
  end_engine(engine, 0);
}

static void test_refused(void) {
  static const struct {
    const char *path;
    ctz_status status;
    const char *said;
  } rows[] = {
    {"/no/such/library.so", CTZ_SYSTEM, "/no/such/library.so"},
    {CTZ_BAD_ABI_LIBRARY, CTZ_ABI_MISMATCH, "ABI"},
    {CTZ_UNSOUND_LIBRARY, CTZ_INVALID, "sound"},
    {CTZ_TWICE_NAMED_LIBRARY, CTZ_INVALID, "twice.b"},
  };
  ctz_engine *engine = start_engine(1, 1, 0);
  uint32_t before = ctz_kernel_count(engine);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char why[256] = "";
    CHECK_EQ_U64(ctz_library_load(engine, rows[i].path, why, sizeof why), rows[i].status);
    if (!CHECK(strstr(why, rows[i].said) != NULL)) printf("%s: %s\n", rows[i].path, why);
    CHECK_EQ_U64(ctz_library_load(engine, rows[i].path, NULL, 0), rows[i].status);
    char one[1] = {'x'};
    ctz_library_load(engine, rows[i].path, one, 1);
    CHECK(one[0] == 0);
  }
  CHECK_EQ_U64(ctz_kernel_count(engine), before);  // all or none
  end_engine(engine, 0);
}

static ctz_outcome_code stranger(ctz_context *context, const ctz_value *args, ctz_value *result) {
  (void)context;
  (void)args;
  (void)result;
  return CTZ_KERNEL_OK;
}

static void test_name_is_taken(void) {
  static const ctz_kernel other = {.name = "example.fail", .run = stranger};
  ctz_engine *engine = start_engine(1, 1, 0);
  CHECK_EQ_U64(ctz_kernel_add(engine, &other, NULL), CTZ_OK);
  uint32_t before = ctz_kernel_count(engine);
  char why[256] = "";
  CHECK_EQ_U64(ctz_library_load(engine, CTZ_EXAMPLE_LIBRARY, why, sizeof why), CTZ_INVALID);
  CHECK(strstr(why, "example.fail") != NULL);
  CHECK_EQ_U64(ctz_kernel_count(engine), before);
  end_engine(engine, 0);
}

int main(void) {
  test_example();
  test_refused();
  test_name_is_taken();
  return check_result();
}
