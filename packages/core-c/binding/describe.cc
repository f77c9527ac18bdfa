#include <algorithm>

#include "convert.h"

Names FieldNames(const ctz_kernel *kernel) {
  Names names;
  if (kernel == nullptr || kernel->fields == nullptr) return names;
  const std::string all = kernel->fields;
  for (size_t begin = 0; begin <= all.size();) {
    const size_t comma = std::min(all.find(',', begin), all.size());
    names.push_back(all.substr(begin, comma - begin));
    begin = comma + 1;
  }
  return names;
}

static Napi::Object DescribeKernel(Napi::Env env, uint32_t index, const ctz_kernel *kernel) {
  Napi::Object object = Napi::Object::New(env);
  Napi::Array args = Napi::Array::New(env);
  Napi::Array fields = Napi::Array::New(env);
  for (uint32_t i = 0; i < kernel->arity; i++) args.Set(i, static_cast<uint32_t>(kernel->args[i]));
  for (const std::string &name : FieldNames(kernel)) fields.Set(fields.Length(), name);
  object.Set("index", index);
  object.Set("name", kernel->name);
  object.Set("args", args);
  object.Set("result", kernel->result);
  object.Set("fields", fields);
  object.Set("columns", kernel->columns != nullptr);
  return object;
}

Napi::Array DescribeKernels(Napi::Env env, ctz_engine *engine, uint32_t first) {
  Napi::Array kernels = Napi::Array::New(env);
  const uint32_t count = ctz_kernel_count(engine);
  for (uint32_t i = first; i < count; i++) kernels.Set(i - first, DescribeKernel(env, i, ctz_kernel_at(engine, i)));
  return kernels;
}

#define WORD(name, index) {"WORD_" #name, index},
#define FIELD(name, offset, type) {"SLOT_" #name, offset},
#define STATE(name) {"SLOT_STATE_" #name, CTZ_SLOT_##name}
#define CONSTANT(name) {#name, CTZ_##name}

static const struct {
  const char *name;
  uint32_t value;
} layout[] = {
    CTZ_PORT_HEADER(WORD) CTZ_SLOT_FIELDS(FIELD)
    CONSTANT(PORT_MAGIC), CONSTANT(PORT_LAYOUT), CONSTANT(PORT_RINGS), CONSTANT(PORT_MAX_SLOTS),
    CONSTANT(PORT_HEADER_WORDS), CONSTANT(CLASSES), CONSTANT(SLOT_ARG_COUNT), CONSTANT(SLOT_BYTES),
    {"TIMED_RING", CTZ_PORT_TIMED_RING},
    STATE(PENDING), STATE(SCHEDULED), STATE(RUNNING), STATE(RETRYING), STATE(COMPLETED), STATE(FAILED),
    STATE(CANCELLED),
    CONSTANT(NOTICE_SETTLED), CONSTANT(NOTICE_STARTED), CONSTANT(NOTICE_RETRYING), CONSTANT(NOTICE_SHIFT),
};

Napi::Object DescribePort(Napi::Env env) {
  Napi::Object object = Napi::Object::New(env);
  for (const auto &entry : layout) object.Set(entry.name, entry.value);
  return object;
}
