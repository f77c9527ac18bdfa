#include "worker/program_call.h"

#include <stdio.h>
#include <string.h>

#include "ctz/program_ops.h"

static ctz_text text_of(const ctz_slice *slice) {
  uint32_t wide = (slice->length & CTZ_TEXT_WIDE) != 0;
  return (ctz_text){slice->data, (uint32_t)(slice->length & ~CTZ_TEXT_WIDE), wide};
}

// Arrays that the program writes to are copied for each attempt: the next one finds them as they were given.
static bool view_of(ctz_call *call, const ctz_slice *slice, uint32_t type, bool written, ctz_view *view) {
  *view = (ctz_view){(void *)(uintptr_t)slice->data, slice->length};
  if (!written || slice->length == 0) return true;
  size_t bytes = (size_t)slice->length * ctz_view_bytes(type);
  view->data = call->context.alloc(&call->context, bytes, 16);
  if (view->data != NULL) memcpy(view->data, slice->data, bytes);
  return view->data != NULL;
}

// Whole, in -end .. end-1, and not -0, of which no integer keeps the sign.
static bool is_whole(double number, double end) {
  return number >= -end && number < end && ctz_trunc(number) == number && (number != 0 || !ctz_is_negative(number));
}

// False: the run has given up.
static bool read_argument(ctz_call *call, ctz_run *run, const ctz_value *from, uint32_t type, bool written,
                          ctz_register *to) {
  switch (type) {
    case CTZ_PROGRAM_N:
      to->n = from->f64;
      return true;
    case CTZ_PROGRAM_I:
      if (!is_whole(from->f64, 2147483648.0)) break;
      to->i = (int32_t)from->f64;
      return true;
    case CTZ_PROGRAM_K:
      if (!is_whole(from->f64, CTZ_TWO_TO_53)) break;
      to->k = (int64_t)from->f64;
      return true;
    case CTZ_PROGRAM_B:
      to->b = from->u32 != 0;
      return true;
    case CTZ_PROGRAM_S:
      to->s = text_of(&from->slice);
      return true;
    default:
      if (view_of(call, &from->slice, type, written, &to->v)) return true;
      return ctz_give_up(run, CTZ_BAIL_MEMORY, 0) != 0;
  }
  return ctz_give_up(run, CTZ_BAIL_ARGUMENT, 0) != 0;
}

static bool read_arguments(ctz_call *call, ctz_run *run, const ctz_program *program, const ctz_value *args,
                           ctz_register *registers) {
  const ctz_signature *of = ctz_program_signature(program);
  memset(registers, 0, sizeof(*registers) * CTZ_KERNEL_MAX_ARITY);
  for (uint32_t i = 0; i < of->parameters; i++) {
    if (!read_argument(call, run, &args[i], of->types[i], false, &registers[i])) return false;
  }
  if (ctz_args_overlap(program, registers)) return ctz_give_up(run, CTZ_BAIL_SHARED, 0) != 0;
  for (uint32_t i = 0; i < of->parameters; i++) {
    if (of->written[i] && !read_argument(call, run, &args[i], of->types[i], true, &registers[i])) return false;
  }
  return true;
}

static void write_value(const ctz_register *from, uint32_t type, ctz_value *to) {
  switch (type) {
    case CTZ_PROGRAM_N:
      to->f64 = from->n;
      break;
    case CTZ_PROGRAM_I:
      to->i32 = from->i;
      break;
    case CTZ_PROGRAM_K:
      to->f64 = (double)from->k;
      break;
    case CTZ_PROGRAM_B:
      to->u32 = from->b != 0;
      break;
    case CTZ_PROGRAM_S:
      to->slice = (ctz_slice){from->s.data, from->s.length | (from->s.wide ? CTZ_TEXT_WIDE : 0)};
      break;
    default:
      to->slice = (ctz_slice){from->v.data, from->v.length};
  }
}

static size_t padded(size_t bytes) { return (bytes + 7u) & ~(size_t)7u; }

// The fields, and behind them what they name, in one block.
static bool write_record(ctz_call *call, const ctz_signature *of, const ctz_register *results, ctz_value *out) {
  ctz_field fields[CTZ_PROGRAM_MAX_VALUES];
  size_t bytes = sizeof(ctz_field) * of->results;
  for (uint32_t i = 0; i < of->results; i++) {
    fields[i].type = ctz_program_type_of(of->result_types[i]);
    write_value(&results[i], of->result_types[i], &fields[i].value);
    if (ctz_type_element((ctz_type)fields[i].type) > 0) {
      bytes += padded(ctz_slice_bytes((ctz_type)fields[i].type, &fields[i].value.slice));
    }
  }
  if (bytes == 0) return true;
  char *block = call->context.alloc_result(&call->context, bytes);
  if (block == NULL) return false;
  char *at = block + sizeof(ctz_field) * of->results;
  for (uint32_t i = 0; i < of->results; i++) {
    if (ctz_type_element((ctz_type)fields[i].type) == 0) continue;
    size_t size = ctz_slice_bytes((ctz_type)fields[i].type, &fields[i].value.slice);
    if (size > 0) memcpy(at, fields[i].value.slice.data, size);
    fields[i].value.slice.data = at;
    at += padded(size);
  }
  memcpy(block, fields, sizeof(ctz_field) * of->results);
  out->slice = (ctz_slice){block, of->results};
  return true;
}

bool ctz_is_at_task_limit(const ctz_call *call) {
  return ctz_arena_refused(call->worker->arena) == CTZ_ARENA_TASK_LIMIT;
}

ctz_program_counters *ctz_counters_of(const ctz_call *call, ctz_program_kernel *kernel) {
  return &kernel->counters[call->worker->index % CTZ_PROGRAM_COUNTERS];
}

// What a run that has given up means: a task's own limits are limits of it, everything else is JavaScript's turn.
static ctz_outcome_code outcome_of(ctz_call *call, ctz_program_kernel *kernel, const ctz_bail *bail) {
  if (bail->reason == CTZ_BAIL_STOPPED) return CTZ_KERNEL_STOPPED;
  if (bail->reason == CTZ_BAIL_MEMORY && ctz_is_at_task_limit(call)) return CTZ_KERNEL_OUT_OF_MEMORY;
  atomic_fetch_add_explicit(&ctz_counters_of(call, kernel)->bails, 1, memory_order_relaxed);
  char place[48];
  bool known = bail->function != UINT32_MAX;
  snprintf(place, sizeof place, "%u:%u:%u", known ? bail->function : 0, known ? bail->instruction : 0, bail->number);
  ctz_error_set(&call->error, CTZ_BAILED, ctz_bail_name(bail->reason), place, ctz_bail_text(bail->reason));
  return CTZ_KERNEL_BAILED;
}

void ctz_run_begin_on(ctz_run *run, const ctz_program *program, ctz_call *call) {
  ctz_worker *worker = call->worker;
  ctz_run_begin(run, program, &call->context);
  worker->random = worker->random * 6364136223846793005u + 1442695040888963407u;
  run->random[0] = worker->random;
  run->random[1] = worker->now_ns | 1u;
}

ctz_outcome_code ctz_call_program(ctz_call *call, ctz_program_kernel *kernel, const ctz_value *args,
                                  ctz_value *result) {
  const ctz_signature *of = ctz_program_signature(kernel->program);
  ctz_register registers[CTZ_KERNEL_MAX_ARITY], results[CTZ_PROGRAM_MAX_VALUES];
  ctz_run run;
  ctz_run_begin_on(&run, kernel->program, call);
  atomic_fetch_add_explicit(&ctz_counters_of(call, kernel)->calls, 1, memory_order_relaxed);
  if (!read_arguments(call, &run, kernel->program, args, registers)) return outcome_of(call, kernel, &run.bail);
  // acquire: pairs with the release in ctz_body_swap
  ctz_body body = atomic_load_explicit(&kernel->body, memory_order_acquire);
  int done = body == NULL ? ctz_program_run(kernel->program, &run, registers, results) : body(&run, registers, results);
  if (!done) return outcome_of(call, kernel, &run.bail);
  if (of->result != CTZ_PROGRAM_RECORD) {
    if (of->results > 0) write_value(&results[0], of->result, result);
    return CTZ_KERNEL_OK;
  }
  return write_record(call, of, results, result) ? CTZ_KERNEL_OK : CTZ_KERNEL_OUT_OF_MEMORY;
}

ctz_outcome_code ctz_call_kernel(ctz_call *call, const ctz_kernel *kernel, const ctz_value *args, ctz_value *result) {
  ctz_program_kernel *program = ctz_program_of(kernel);
  if (program != NULL) return ctz_call_program(call, program, args, result);
  ctz_outcome_code code = kernel->run(&call->context, args, result);
  return code == CTZ_KERNEL_BAILED ? CTZ_KERNEL_FAILED : code;
}

void ctz_call_misfit(ctz_call *call) {
  ctz_error_set(&call->error, CTZ_BAILED, ctz_bail_name(CTZ_BAIL_ARGUMENT), "0:0:0", ctz_bail_text(CTZ_BAIL_ARGUMENT));
}
