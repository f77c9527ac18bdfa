#include "worker/call.h"

#include <math.h>
#include <string.h>

#include "flow/settlement.h"
#include "memory/allocator.h"
#include "worker/pool.h"

#define MOST_STRIDE (1u << 22)
// The clock is looked at about this often.
#define LOOK_NS 100000u

static void *alloc(ctz_context *context, size_t bytes, size_t align) {
  ctz_call *call = (ctz_call *)context;
  call->asked = true;
  return ctz_arena_alloc(call->worker->arena, bytes, align);
}

ctz_extra *ctz_call_extra(ctz_call *call) {
  if (call->cell->extra == NULL) call->cell->extra = ctz_extra_create();
  return call->cell->extra;
}

#define BLOCK_HEADER 64u
_Static_assert(sizeof(ctz_block) <= BLOCK_HEADER, "the data of a block are aligned to 64 bytes");

static char *data_of(ctz_block *block) { return (char *)block + BLOCK_HEADER; }

static void *alloc_result(ctz_context *context, size_t bytes) {
  ctz_call *call = (ctz_call *)context;
  ctz_budget *budget = &call->worker->engine->budget;
  call->asked = true;
  if (bytes > SIZE_MAX - BLOCK_HEADER) return NULL;
  if (!ctz_arena_charge(call->worker->arena, bytes) || !ctz_budget_take(budget, bytes)) return NULL;
  ctz_block *block = ctz_alloc_aligned(64, bytes + BLOCK_HEADER);
  if (block == NULL) {
    ctz_budget_give(budget, bytes);
    return NULL;
  }
  // all of them live until the kernel has returned: it may copy from one to the next, or name an earlier one
  *block = (ctz_block){.next = call->blocks, .bytes = bytes};
  call->blocks = block;
  return data_of(block);
}

static void fail(ctz_context *context, const char *name, const char *code, const char *message) {
  ctz_call *call = (ctz_call *)context;
  call->asked = true;
  ctz_error_set(&call->error, CTZ_FAILED, name == NULL ? "Error" : name, code, message);
}

void ctz_call_explain(ctz_call *call, ctz_status status) {
  if (status == CTZ_OK || status == CTZ_CANCELLED) return;
  if ((status == CTZ_FAILED || status == CTZ_BAILED) && call->error != NULL) return;
  ctz_error_set(&call->error, status, "Error", NULL, ctz_status_text(status));
}

void ctz_call_hand_over_error(ctz_call *call) {
  ctz_extra *extra = call->error == NULL ? NULL : ctz_call_extra(call);
  if (extra == NULL) return;
  ctz_extra_set_error(extra, call->error);
  call->error = NULL;
}

void ctz_call_clean_up(ctz_call *call) {
  while (call->blocks != NULL) {
    ctz_block *block = call->blocks;
    call->blocks = block->next;
    ctz_budget_give(&call->worker->engine->budget, block->bytes);
    ctz_free(block);
  }
  ctz_free(call->error);
  call->error = NULL;
}

static int poll(ctz_context *context) {
  ctz_call *call = (ctz_call *)context;
  uint64_t now = ctz_clock_read(&call->worker->clock);
  uint64_t since = now - call->polled_ns;
  call->asked = true;
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
  ctz_hand_back_in_time(call->worker, now, 0);
  if (ctz_field_u32(&call->slot->cancel) != 0 || ctz_is_stopped(call->worker->engine))
    call->stopped = CTZ_CANCELLED;
  else if (now >= ctz_call_deadline(call))
    call->stopped = CTZ_RAN_TOO_LONG;
  if (call->stopped == CTZ_OK) return 0;
  context->polls_left = 1;
  return 1;
}

uint64_t ctz_deadline_of(uint64_t now, double timeout_ms) {
  return timeout_ms >= 1e12 ? UINT64_MAX : now + (uint64_t)(timeout_ms * 1e6);
}

void ctz_call_init(ctz_call *call, ctz_worker *worker, uint32_t slot, const ctz_plan *plan, uint32_t attempt) {
  // Member by member: a compound literal is cleared as a whole first, which takes longer than the rest.
  call->context.abi = CTZ_KERNEL_ABI;
  call->context.attempt = attempt;
  call->context.polls_left = CTZ_FIRST_STRIDE;
  call->context.reserved = 0;
  call->context.alloc = alloc;
  call->context.alloc_result = alloc_result;
  call->context.fail = fail;
  call->context.poll = poll;
  call->worker = worker;
  call->slot = ctz_slot_at(&worker->engine->table, slot);
  call->cell = &worker->engine->table.cells[slot];
  call->plan = plan;
  call->entered = false;
  call->blocks = NULL;
  call->error = NULL;
  call->latest_ns = UINT64_MAX;
  ctz_call_forget(call);
  uint64_t timeout_ns = ctz_deadline_of(0, plan->timeout_ms);
  call->timeout_ns = timeout_ns < INT64_MAX ? timeout_ns : INT64_MAX;
  ctz_call_start_at(call, worker->now_ns);
}

static ctz_status refusal_of(const ctz_call *call) {
  return ctz_arena_refused(call->worker->arena) == CTZ_ARENA_TASK_LIMIT ? CTZ_MEMORY_LIMIT : CTZ_POOL_LIMIT;
}

void ctz_call_be_long(ctz_call *call, uint64_t expected_ns) {
  ctz_worker *worker = call->worker;
  call->searching = false;
  if (expected_ns == 0 || !ctz_lookout_is_there(worker->engine))
    ctz_hand_back(worker);
  else
    ctz_hand_back_in_time(worker, worker->now_ns, expected_ns);
  ctz_pool_begin_long(worker->engine, worker);
  worker->now_ns = ctz_clock_read(&worker->clock);  // a wake takes as long as many kernels
  ctz_call_start_at(call, worker->now_ns);
}

ctz_status ctz_call_status(ctz_call *call, ctz_outcome_code code) {
  switch (code) {
    case CTZ_KERNEL_OK:
      // a task must not succeed here and fail where it polls
      return call->worker->now_ns > ctz_call_deadline(call) ? CTZ_RAN_TOO_LONG : CTZ_OK;
    case CTZ_KERNEL_STOPPED:
      return call->stopped == CTZ_OK ? CTZ_FAILED : call->stopped;
    case CTZ_KERNEL_OUT_OF_MEMORY:
      return refusal_of(call);
    case CTZ_KERNEL_BAILED:
      return CTZ_BAILED;
    default:
      return CTZ_FAILED;
  }
}

// The block that holds so many bytes at `data`, taken out of the call's; NULL when none does.
static ctz_block *take_block(ctz_call *call, const char *data, size_t bytes) {
  for (ctz_block **link = &call->blocks; *link != NULL; link = &(*link)->next) {
    ctz_block *block = *link;
    const char *begin = data_of(block);
    if (data < begin || data > begin + block->bytes || bytes > (size_t)(begin + block->bytes - data)) continue;
    *link = block->next;
    return block;
  }
  return NULL;
}

static ctz_block *copy_result(ctz_call *call, const void *data, size_t bytes) {
  char *copy = alloc_result(&call->context, bytes);
  if (copy == NULL) return NULL;
  memcpy(copy, data, bytes);
  return take_block(call, copy, bytes);
}

ctz_status ctz_call_keep_result(ctz_call *call, const ctz_kernel *kernel, const ctz_value *value) {
  ctz_type type = (ctz_type)kernel->result;
  ctz_extra *extra = ctz_call_extra(call);
  if (extra == NULL) return CTZ_OUT_OF_MEMORY;
  size_t bytes = ctz_slice_bytes(type, &value->slice);
  const char *data = value->slice.data;
  extra->result_type = type;
  extra->result_fields = kernel->fields;
  extra->result.slice = (ctz_slice){.data = NULL, .length = 0};
  if (bytes == 0) return CTZ_OK;
  ctz_block *block = take_block(call, data, bytes);
  if (block == NULL) {
    // not memory of ours: it may be gone before anybody reads it
    block = copy_result(call, data, bytes);
    if (block == NULL) return refusal_of(call);
    data = data_of(block);
  }
  extra->result_block = block;
  extra->result_bytes = block->bytes;
  extra->charged += extra->result_bytes;
  extra->result.slice = (ctz_slice){.data = data, .length = value->slice.length};
  return CTZ_OK;
}

void ctz_call_without_plan(ctz_worker *worker, uint32_t slot) {
  ctz_call call = {
    .worker = worker, .slot = ctz_slot_at(&worker->engine->table, slot), .cell = &worker->engine->table.cells[slot]};
  ctz_call_explain(&call, CTZ_NOT_FOUND);
  ctz_call_hand_over_error(&call);
  ctz_call_clean_up(&call);
  ctz_attempt_ended(worker, slot, CTZ_PHASE_RUNNING, NULL, CTZ_NOT_FOUND, true);
}
