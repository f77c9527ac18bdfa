// Kernels by name, and plans by number.
#include "flow/registry.h"

#include "engine_fixture.h"

static ctz_outcome_code nothing(ctz_context *context, const ctz_value *args, ctz_value *result) {
  (void)context;
  (void)args;
  (void)result;
  return CTZ_KERNEL_OK;
}

static ctz_outcome_code no_rows(ctz_context *context, const double *const *columns, double *out, size_t begin,
                                size_t end) {
  (void)context;
  (void)columns;
  (void)out;
  (void)begin;
  (void)end;
  return CTZ_KERNEL_OK;
}

#define SIXTY_THREE "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._"

static void test_sound_kernels(void) {
  static const ctz_kernel sound[] = {
    {.name = "a", .run = nothing},
    {.name = "-", .run = nothing},
    {.name = SIXTY_THREE + 1, .run = nothing},
    {.name = "eight", .arity = 8, .args = {1, 2, 3, 4, 5, 6, 7, 10}, .result = CTZ_BYTES, .run = nothing},
    {.name = "fields", .result = CTZ_FIELDS, .fields = "a,b", .run = nothing},
    {.name = "columns", .arity = 1, .args = {CTZ_F64}, .result = CTZ_F64, .run = nothing, .columns = no_rows},
  };
  ctz_engine *engine = start_engine(1, 1, 0);
  uint32_t before = ctz_kernel_count(engine);
  for (uint32_t i = 0; i < sizeof sound / sizeof *sound; i++) {
    uint32_t index = 0, found = 0;
    CHECK_EQ_U64(ctz_kernel_add(engine, &sound[i], &index), CTZ_OK);
    CHECK_EQ_U64(index, before + i);
    CHECK_EQ_U64(ctz_kernel_find(engine, sound[i].name, &found), CTZ_OK);
    CHECK_EQ_U64(found, index);
    CHECK(ctz_kernel_at(engine, index) == &sound[i]);
    CHECK_EQ_U64(ctz_kernel_add(engine, &sound[i], &index), CTZ_INVALID);  // the name is taken
  }
  CHECK_EQ_U64(ctz_kernel_count(engine), before + sizeof sound / sizeof *sound);
  CHECK(ctz_kernel_at(engine, ctz_kernel_count(engine)) == NULL);
  end_engine(engine, 0);
}

static void test_unsound_kernels(void) {
  static const ctz_kernel unsound[] = {
    {.name = NULL, .run = nothing},
    {.name = "", .run = nothing},
    {.name = "with space", .run = nothing},
    {.name = "\xC3\xA4", .run = nothing},
    {.name = SIXTY_THREE "x", .run = nothing},
    {.name = "no-body"},
    {.name = "too-many", .arity = CTZ_KERNEL_MAX_ARITY + 1, .args = {1, 1}, .run = nothing},
    {.name = "void-argument", .arity = 1, .args = {CTZ_VOID}, .run = nothing},
    {.name = "fields-argument", .arity = 1, .args = {CTZ_FIELDS}, .run = nothing},
    {.name = "no-type", .arity = 1, .args = {99}, .run = nothing},
    {.name = "no-result", .result = CTZ_TYPE_COUNT, .run = nothing},
    {.name = "fields-unnamed", .result = CTZ_FIELDS, .run = nothing},
    {.name = "named-no-fields", .result = CTZ_F64, .fields = "a", .run = nothing},
    {.name = "columns-of-i32", .arity = 1, .args = {CTZ_I32}, .result = CTZ_F64, .run = nothing, .columns = no_rows},
    {.name = "columns-to-void", .arity = 1, .args = {CTZ_F64}, .run = nothing, .columns = no_rows},
  };
  ctz_engine *engine = start_engine(1, 1, 0);
  uint32_t before = ctz_kernel_count(engine), index;
  for (uint32_t i = 0; i < sizeof unsound / sizeof *unsound; i++) {
    if (!CHECK_EQ_U64(ctz_kernel_add(engine, &unsound[i], &index), CTZ_INVALID)) printf("row %u\n", i);
  }
  CHECK_EQ_U64(ctz_kernel_add(engine, NULL, &index), CTZ_INVALID);
  CHECK_EQ_U64(ctz_kernel_count(engine), before);
  CHECK_EQ_U64(ctz_kernel_find(engine, "nothing-of-the-kind", &index), CTZ_NOT_FOUND);
  end_engine(engine, 0);
}

static void test_sound_plans(void) {
  ctz_engine *engine = start_engine(1, 1, 0);
  ctz_plan good = plan_of(engine, "noop"), bad[9];
  for (uint32_t i = 0; i < 9; i++) bad[i] = good;
  bad[0].priority = 4;
  bad[1].backoff = 4;
  bad[2].timeout_ms = -1;
  bad[3].timeout_ms = NAN;
  bad[4].retry_delay_ms = -1;
  bad[5].retry_max_delay_ms = NAN;
  bad[6].retry_jitter = 1.5;
  bad[7].retry_jitter = -0.5;
  bad[8].retry_jitter = NAN;
  uint32_t index;
  for (uint32_t i = 0; i < 9; i++) {
    if (!CHECK_EQ_U64(ctz_plan_define(engine, &bad[i], &index), CTZ_INVALID)) printf("row %u\n", i);
  }
  CHECK_EQ_U64(ctz_plan_define(engine, NULL, &index), CTZ_INVALID);
  good.kernel = UINT32_MAX;
  CHECK_EQ_U64(ctz_plan_define(engine, &good, &index), CTZ_NOT_FOUND);
  end_engine(engine, 0);
}

static void test_plan_numbers(void) {
  ctz_engine *engine = start_engine(1, 1, 0);
  uint32_t first = define_simple(engine, "noop", 0), second = define_simple(engine, "add", 1);
  CHECK(first != second);
  CHECK(ctz_plan_at(engine, first) != NULL && ctz_plan_at(engine, second)->plan.priority == 1);
  ctz_plan_release(engine, first);
  CHECK(ctz_plan_at(engine, first) == NULL);
  ctz_task_id id;
  CHECK_EQ_U64(ctz_submit(engine, first, NULL, 0, 0, &id), CTZ_NOT_FOUND);
  ctz_plan_release(engine, first);  // again: nothing
  CHECK_EQ_U64(define_simple(engine, "noop", 3), first);
  CHECK(define_simple(engine, "noop", 3) != first);
  static const uint32_t none[] = {CTZ_MAX_PLANS - 1, CTZ_MAX_PLANS, UINT32_MAX};
  for (uint32_t i = 0; i < 3; i++) {
    CHECK(ctz_plan_at(engine, none[i]) == NULL);
    ctz_plan_release(engine, none[i]);
    CHECK_EQ_U64(ctz_submit(engine, none[i], NULL, 0, 0, &id), CTZ_NOT_FOUND);
  }
  end_engine(engine, 0);
}

static void test_all_plans(void) {
  ctz_engine *engine = start_engine(1, 1, 0);
  ctz_plan plan = plan_of(engine, "noop");
  uint32_t index;
  for (uint32_t i = 0; i < CTZ_MAX_PLANS; i++) {
    if (!CHECK_EQ_U64(ctz_plan_define(engine, &plan, &index), CTZ_OK) || !CHECK_EQ_U64(index, i)) break;
  }
  CHECK_EQ_U64(ctz_plan_define(engine, &plan, &index), CTZ_FULL);
  for (uint32_t i = 0; i < CTZ_MAX_PLANS; i++) ctz_plan_release(engine, i);
  CHECK_EQ_U64(ctz_plan_define(engine, &plan, &index), CTZ_OK);
  end_engine(engine, 0);
}

static void test_builtin_kernels(void) {
  ctz_engine *engine = start_engine(1, 1, 0);
  const ctz_library *library = ctz_builtin_kernels();
  CHECK_EQ_U64(library->abi, CTZ_KERNEL_ABI);
  for (uint32_t i = 0; i < library->count; i++) CHECK(ctz_kernel_at(engine, i) == &library->kernels[i]);
  end_engine(engine, 0);
}

int main(void) {
  test_sound_kernels();
  test_unsound_kernels();
  test_sound_plans();
  test_plan_numbers();
  test_all_plans();
  test_builtin_kernels();
  return check_result();
}
