#include "worker/call.h"

#include <math.h>
#include <string.h>

#include "flow/settlement.h"
#include "memory/allocator.h"
#include "worker/lookout.h"
#include "worker/pool.h"

#define FIRST_STRIDE 16u
#define MOST_STRIDE (1u << 22)
// The clock is looked at about this often.
#define LOOK_NS 100000u

static void *alloc(ctz_context *context, size_t bytes, size_t align) {
  return ctz_arena_alloc(((ctz_call *)context)->worker->arena, bytes, align);
}

ctz_extra *ctz_call_extra(ctz_call *call) {
  if (call->cell->extra == NULL) call->cell->extra = ctz_extra_create();
  return call->cell->extra;
}

void ctz_call_drop_block(ctz_call *call) {
  if (call->block == NULL) return;
  ctz_free(call->block);
  ctz_budget_give(&call->worker->engine->budget, call->block_bytes);
  call->block = NULL;
}

static void *alloc_result(ctz_context *context, size_t bytes) {
  ctz_call *call = (ctz_call *)context;
  ctz_call_drop_block(call);
  size_t size = bytes == 0 ? 1 : bytes;
  if (!ctz_arena_charge(call->worker->arena, size)) return NULL;
  if (!ctz_budget_take(&call->worker->engine->budget, size)) return NULL;
  call->block = ctz_alloc_aligned(64, size);
  call->block_bytes = size;
  if (call->block == NULL) ctz_budget_give(&call->worker->engine->budget, size);
  return call->block;
}

static void fail(ctz_context *context, const char *name, const char *code, const char *message) {
  ctz_call *call = (ctz_call *)context;
  ctz_extra *extra = ctz_call_extra(call);
  if (extra != NULL) ctz_extra_fail(extra, CTZ_FAILED, name == NULL ? "Error" : name, code, message);
  call->failed = true;
}

static int poll(ctz_context *context) {
  ctz_call *call = (ctz_call *)context;
  uint64_t now = ctz_clock_read(&call->worker->clock);
  uint64_t since = now - call->polled_ns;
  call->polled_ns = now;
  if (since < LOOK_NS / 2 && call->stride < MOST_STRIDE) call->stride *= 2;
  if (since > LOOK_NS * 2 && call->stride > 1) call->stride /= 2;
  context->polls_left = call->stride;
  if (call->searching && now - call->started_ns > CTZ_LONG_NS) {
    // it was expected to be short: what is done goes back, and another looks after the rest
    call->searching = false;
    ctz_hand_back(call->worker);
    ctz_pool_begin_long(call->worker->engine, call->worker);
  }
  if (ctz_field_u32(&call->slot->cancel) != 0 || ctz_is_stopped(call->worker->engine)) call->stopped = CTZ_CANCELLED;
  else if (now >= call->deadline_ns) call->stopped = CTZ_RAN_TOO_LONG;
  if (call->stopped == CTZ_OK) return 0;
  context->polls_left = 1;
  return 1;
}

static uint64_t deadline_of(uint64_t now, double timeout_ms) {
  return timeout_ms >= 1e12 ? UINT64_MAX : now + (uint64_t)(timeout_ms * 1e6);
}

static void start_at(ctz_call *call, uint64_t now) {
  call->started_ns = now;
  call->polled_ns = now;
  call->deadline_ns = deadline_of(now, call->plan->timeout_ms);
}

void ctz_call_init(ctz_call *call, ctz_worker *worker, uint32_t slot, const ctz_plan *plan, uint32_t attempt) {
  *call = (ctz_call){.worker = worker, .plan = plan, .stride = FIRST_STRIDE, .searching = true};
  call->slot = ctz_slot_at(&worker->engine->table, slot);
  call->cell = &worker->engine->table.cells[slot];
  start_at(call, worker->now_ns);
  call->context = (ctz_context){.abi = CTZ_KERNEL_ABI,
                                .attempt = attempt,
                                .polls_left = FIRST_STRIDE,
                                .alloc = alloc,
                                .alloc_result = alloc_result,
                                .fail = fail,
                                .poll = poll};
}

static ctz_status refusal_of(const ctz_call *call) {
  return ctz_arena_refused(call->worker->arena) == CTZ_ARENA_TASK_LIMIT ? CTZ_MEMORY_LIMIT : CTZ_POOL_LIMIT;
}

void ctz_call_enter(ctz_call *call, const ctz_plan_entry *entry) {
  ctz_worker *worker = call->worker;
  uint32_t expected = atomic_load_explicit(&entry->mean_ns, memory_order_relaxed);
  if (expected == 0 || expected > CTZ_LONG_NS || !ctz_lookout_is_there(worker->engine)) {
    call->searching = false;
    ctz_hand_back(worker);
    ctz_pool_begin_long(worker->engine, worker);
    worker->now_ns = ctz_clock_read(&worker->clock);  // a wake takes as long as many kernels
    start_at(call, worker->now_ns);
  }
  ctz_count(&worker->calls, 1);
}

void ctz_call_leave(ctz_call *call) {
  ctz_worker *worker = call->worker;
  ctz_count(&worker->calls, 1);
  worker->now_ns = ctz_clock_read(&worker->clock);
  if (!call->searching) ctz_pool_end_long(worker->engine);
}

ctz_status ctz_call_status(ctz_call *call, ctz_outcome_code code) {
  switch (code) {
    case CTZ_KERNEL_OK:
      // a task must not succeed here and fail where it polls
      return call->worker->now_ns > call->deadline_ns ? CTZ_RAN_TOO_LONG : CTZ_OK;
    case CTZ_KERNEL_STOPPED:
      return call->stopped == CTZ_OK ? CTZ_FAILED : call->stopped;
    case CTZ_KERNEL_OUT_OF_MEMORY:
      return refusal_of(call);
    default:
      return CTZ_FAILED;
  }
}

ctz_status ctz_call_keep_result(ctz_call *call, ctz_type type, const ctz_value *value) {
  ctz_extra *extra = ctz_call_extra(call);
  if (extra == NULL) return CTZ_OUT_OF_MEMORY;
  size_t bytes = (size_t)value->slice.length * ctz_type_element(type);
  const char *data = value->slice.data;
  const char *block = call->block;
  bool inside = block != NULL && data >= block && data <= block + call->block_bytes &&
                bytes <= (size_t)(block + call->block_bytes - data);
  if (!inside && bytes > 0) {
    // not memory of ours: it may be gone before anybody reads it
    char *copy = alloc_result(&call->context, bytes);
    if (copy == NULL) return refusal_of(call);
    memcpy(copy, data, bytes);
    data = copy;
  }
  extra->result_block = call->block;
  extra->result_bytes = call->block == NULL ? 0 : call->block_bytes;
  extra->charged += extra->result_bytes;
  extra->result_type = type;
  extra->result.slice = (ctz_slice){.data = bytes == 0 ? NULL : data, .length = bytes == 0 ? 0 : value->slice.length};
  call->block = NULL;
  return CTZ_OK;
}
