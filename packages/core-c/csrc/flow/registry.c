#include "flow/registry.h"

#include <math.h>
#include <string.h>

#include "base/atomics.h"
#include "flow/program_kernel.h"
#include "memory/allocator.h"

static bool is_name(const char *name) {
  if (name == NULL) return false;
  size_t length = strlen(name);
  const char *allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
  return length >= 1 && length <= 63 && strspn(name, allowed) == length;
}

static bool is_argument(uint32_t type) {
  return type > CTZ_VOID && type < CTZ_TYPE_COUNT && type != CTZ_FIELDS && type != CTZ_RECORD;
}

bool ctz_kernel_is_sound(const ctz_kernel *kernel) {
  bool named = kernel->run != NULL && (ctz_program_of(kernel) != NULL || is_name(kernel->name));
  if (!named || kernel->arity > CTZ_KERNEL_MAX_ARITY) return false;
  if (kernel->result >= CTZ_TYPE_COUNT || (kernel->flags & ~(uint32_t)CTZ_KERNEL_BOUNDED) != 0) return false;
  if (kernel->result == CTZ_RECORD && ctz_program_of(kernel) == NULL) return false;
  if ((kernel->result == CTZ_FIELDS) != (kernel->fields != NULL)) return false;
  for (uint32_t i = 0; i < kernel->arity; i++) {
    if (!is_argument(kernel->args[i])) return false;
    if (kernel->columns != NULL && kernel->args[i] != CTZ_F64) return false;
  }
  return kernel->columns == NULL || kernel->result == CTZ_F64;
}

static bool has_name(const ctz_kernel *kernel, const char *name) {
  return ctz_program_of(kernel) == NULL && strcmp(kernel->name, name) == 0;
}

// Whether the name of a kernel is taken.
static bool is_among(const ctz_engine *engine, uint32_t count, const ctz_kernel *kernel) {
  for (uint32_t i = 0; i < count && ctz_program_of(kernel) == NULL; i++) {
    if (has_name(engine->kernels[i], kernel->name)) return true;
  }
  return false;
}

ctz_status ctz_kernels_add(ctz_engine *engine, const ctz_kernel *kernels, uint32_t count, uint32_t *at) {
  ctz_lock(&engine->registry_lock);
  uint32_t before = atomic_load_explicit(&engine->kernel_count, memory_order_relaxed);
  uint32_t added = 0;
  while (added < count && before + added < CTZ_MAX_KERNELS && ctz_kernel_is_sound(&kernels[added]) &&
         !is_among(engine, before + added, &kernels[added])) {
    engine->kernels[before + added] = &kernels[added];
    added++;
  }
  *at = added == count ? before : added;
  // release: pairs with the acquire in ctz_kernel_count; the entries are there before they count
  if (added == count) atomic_store_explicit(&engine->kernel_count, before + count, memory_order_release);
  ctz_unlock(&engine->registry_lock);
  return added == count ? CTZ_OK : CTZ_INVALID;
}

ctz_status ctz_kernel_add(ctz_engine *engine, const ctz_kernel *kernel, uint32_t *index) {
  uint32_t at = 0;
  ctz_status status = kernel == NULL ? CTZ_INVALID : ctz_kernels_add(engine, kernel, 1, &at);
  if (status == CTZ_OK && index != NULL) *index = at;
  return status;
}

uint32_t ctz_kernel_count(ctz_engine *engine) {
  return atomic_load_explicit(&engine->kernel_count, memory_order_acquire);
}

const ctz_kernel *ctz_kernel_at(ctz_engine *engine, uint32_t index) {
  return index < ctz_kernel_count(engine) ? engine->kernels[index] : NULL;
}

ctz_status ctz_kernel_find(ctz_engine *engine, const char *name, uint32_t *index) {
  uint32_t count = ctz_kernel_count(engine);
  for (uint32_t i = 0; i < count; i++) {
    if (!has_name(engine->kernels[i], name)) continue;
    *index = i;
    return CTZ_OK;
  }
  return CTZ_NOT_FOUND;
}

static bool is_positive(double value) { return value >= 0; }  // false for NaN

static bool is_sound_plan(const ctz_plan *plan) {
  return plan->priority < CTZ_CLASSES && plan->backoff <= CTZ_BACKOFF_EXPONENTIAL && is_positive(plan->timeout_ms) &&
         is_positive(plan->retry_delay_ms) && is_positive(plan->retry_max_delay_ms) && plan->retry_jitter >= 0 &&
         plan->retry_jitter <= 1 && plan->series < CTZ_MAX_SERIES;
}

static ctz_plan_entry *entry_at(ctz_engine *engine, uint32_t index) {
  // acquire: pairs with the release in reserve_chunk; the chunk is zeroed before it is seen
  ctz_plan_entry *chunk = atomic_load_explicit(&engine->plans[index / CTZ_PLANS_PER_CHUNK], memory_order_acquire);
  return chunk == NULL ? NULL : &chunk[index % CTZ_PLANS_PER_CHUNK];
}

ctz_plan_entry *ctz_plan_at(ctz_engine *engine, uint32_t index) {
  return ctz_plan_kernel(engine, index) == NULL ? NULL : entry_at(engine, index);
}

ctz_plan_entry *ctz_plan_of(ctz_engine *engine, const ctz_extra *extra) {
  return ctz_plan_kernel(engine, extra->plan) == extra->kernel ? entry_at(engine, extra->plan) : NULL;
}

const ctz_kernel *ctz_plan_kernel(ctz_engine *engine, uint32_t index) {
  ctz_plan_entry *entry = index < CTZ_MAX_PLANS ? entry_at(engine, index) : NULL;
  // acquire: pairs with the release in ctz_plan_define; the plan is written before its kernel is
  return entry == NULL ? NULL : atomic_load_explicit(&entry->kernel, memory_order_acquire);
}

static bool reserve_chunk(ctz_engine *engine, uint32_t index) {
  if (entry_at(engine, index) != NULL) return true;
  ctz_plan_entry *chunk = ctz_alloc_zeroed(sizeof(ctz_plan_entry) * CTZ_PLANS_PER_CHUNK);
  if (chunk == NULL) return false;
  atomic_store_explicit(&engine->plans[index / CTZ_PLANS_PER_CHUNK], chunk, memory_order_release);
  return true;
}

static ctz_status next_index(ctz_engine *engine, uint32_t *index) {
  if (engine->free_plan_count > 0) {
    *index = engine->free_plans[--engine->free_plan_count];
    return CTZ_OK;
  }
  uint32_t count = atomic_load_explicit(&engine->plan_count, memory_order_relaxed);
  if (count == CTZ_MAX_PLANS) return CTZ_FULL;
  if (!reserve_chunk(engine, count)) return CTZ_OUT_OF_MEMORY;
  *index = count;
  atomic_store_explicit(&engine->plan_count, count + 1, memory_order_relaxed);
  return CTZ_OK;
}

// For those who add up by class; they want figures, not an order.
static void note_series(ctz_engine *engine, const ctz_plan *plan) {
  ctz_store(&engine->series_classes[plan->series], plan->priority, memory_order_relaxed);
  uint32_t count = ctz_load(&engine->series_count, memory_order_relaxed);
  if (plan->series >= count) ctz_store(&engine->series_count, plan->series + 1, memory_order_relaxed);
}

ctz_status ctz_plan_define(ctz_engine *engine, const ctz_plan *plan, uint32_t *index) {
  if (plan == NULL || !is_sound_plan(plan)) return CTZ_INVALID;
  const ctz_kernel *kernel = ctz_kernel_at(engine, plan->kernel);
  if (kernel == NULL) return CTZ_NOT_FOUND;
  ctz_lock(&engine->registry_lock);
  ctz_status status = next_index(engine, index);
  if (status == CTZ_OK) {
    ctz_plan_entry *entry = entry_at(engine, *index);
    entry->plan = *plan;
    note_series(engine, plan);
    atomic_store_explicit(&entry->mean_ns, 0, memory_order_relaxed);
    atomic_store_explicit(&entry->kernel, kernel, memory_order_release);
  }
  ctz_unlock(&engine->registry_lock);
  return status;
}

void ctz_plan_release(ctz_engine *engine, uint32_t index) {
  ctz_lock(&engine->registry_lock);
  ctz_plan_entry *entry = ctz_plan_at(engine, index);
  if (entry != NULL) {
    if (engine->free_plan_count == engine->free_plan_capacity) {
      uint32_t capacity = engine->free_plan_capacity == 0 ? 64 : engine->free_plan_capacity * 2;
      uint32_t *more = ctz_alloc(sizeof(uint32_t) * capacity);
      if (more != NULL) {
        if (engine->free_plans != NULL) memcpy(more, engine->free_plans, sizeof(uint32_t) * engine->free_plan_count);
        ctz_free(engine->free_plans);
        engine->free_plans = more;
        engine->free_plan_capacity = capacity;
      }
    }
    atomic_store_explicit(&entry->kernel, NULL, memory_order_release);
    // without memory for the list the number is lost, and nothing else
    if (engine->free_plan_count < engine->free_plan_capacity) engine->free_plans[engine->free_plan_count++] = index;
  }
  ctz_unlock(&engine->registry_lock);
}

void ctz_registry_destroy(ctz_engine *engine) {
  for (uint32_t i = 0; i < ctz_kernel_count(engine); i++) {
    ctz_program_kernel *program = ctz_program_of(engine->kernels[i]);
    if (program != NULL) ctz_program_kernel_destroy(program);
  }
  for (uint32_t i = 0; i < CTZ_MAX_PLANS / CTZ_PLANS_PER_CHUNK; i++) {
    ctz_free(atomic_load_explicit(&engine->plans[i], memory_order_relaxed));
  }
  ctz_free(engine->free_plans);
}
