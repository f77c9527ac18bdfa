#include "reader.h"

#include <cmath>

// In the order of napi_valuetype.
static const char *const kinds[] = {"undefined", "null",   "boolean",  "number",   "string",
                                    "symbol",    "object", "function", "external", "bigint"};

// Empty in an isolate that is being terminated, where Napi's own conversion ends the process.
static std::string Shown(Napi::Env env, double number) {
  napi_value text = nullptr;
  char shown[32] = "";
  if (napi_coerce_to_string(env, Napi::Number::New(env, number), &text) == napi_ok)
    napi_get_value_string_utf8(env, text, shown, sizeof shown, nullptr);
  return shown;
}

Thrown ThrowMisfit(Throw how, const std::string &what, const std::string &wanted, Napi::Value got) {
  const std::string shown = got.IsNumber() ? Shown(got.Env(), got.As<Napi::Number>().DoubleValue()) : kinds[got.Type()];
  how(got.Env(), nullptr, (what + " must be " + wanted + ", got " + shown).c_str());
  return {};
}

Thrown ThrowType(Napi::Env env, const std::string &message) {
  napi_throw_type_error(env, nullptr, message.c_str());
  return {};
}

Thrown ThrowStatus(Napi::Env env, ctz_status status, const std::string &message) {
  const std::string code = std::string("CTZ_") + ctz_status_name(status);
  if (!env.IsExceptionPending())
    napi_throw_error(env, code.c_str(), message.empty() ? ctz_status_text(status) : message.c_str());
  return {};
}

bool ReadAnyNumber(Napi::Value value, const std::string &what, double *out) {
  if (value.IsEmpty()) return false;  // a getter threw
  if (!value.IsNumber()) return ThrowMisfit(napi_throw_type_error, what, "a number", value);
  *out = value.As<Napi::Number>().DoubleValue();
  return true;
}

bool ReadWithin(Napi::Value value, const std::string &what, double least, double most, bool whole, double *out,
                Throw out_of_range) {
  if (!ReadAnyNumber(value, what, out)) return false;
  // false for NaN
  if (*out >= least && *out <= most && (!whole || std::trunc(*out) == *out)) return true;
  const std::string range = " from " + Shown(value.Env(), least) + " to " + Shown(value.Env(), most);
  return ThrowMisfit(out_of_range, what, (whole ? "a whole number" : "a number") + range, value);
}

bool ReadFlag(Napi::Value value, const std::string &what, bool *out) {
  if (value.IsEmpty()) return false;
  if (!value.IsBoolean()) return ThrowMisfit(napi_throw_type_error, what, "a boolean", value);
  *out = value.As<Napi::Boolean>().Value();
  return true;
}

namespace {

// Fields of one DTO; after the first that does not fit nothing more is read.
struct Fields {
  Fields(Napi::Value value, const char *its_name) : ok(value.IsObject()), name(its_name) {
    object = value.As<Napi::Object>();
    if (!ok) ThrowMisfit(napi_throw_type_error, name, "an object", value);
  }

  template <typename Value>
  void Number(const char *field, double least, double most, Value *out) {
    ok = ok && ReadNumber(object.Get(field), name + "." + field, least, most, out);
  }

  void Flag(const char *field, bool *out) { ok = ok && ReadFlag(object.Get(field), name + "." + field, out); }

  void Bytes(const char *field, uint64_t *out) {
    double number = 0;
    Number(field, 0, INFINITY, &number);
    if (ok) *out = number >= kMaxSafeInteger ? UINT64_MAX : static_cast<uint64_t>(number);
  }

  bool ok;
  std::string name;
  Napi::Object object;
};

}  // namespace

bool ReadConfig(Napi::Value value, ctz_config *config) {
  Fields fields(value, "config");
  fields.Number("slots", 1, CTZ_PORT_MAX_SLOTS, &config->port_slots);
  fields.Number("maxWorkers", 1, CTZ_MAX_WORKERS, &config->max_workers);
  fields.Number("workers", 1, config->max_workers, &config->workers);
  fields.Bytes("memoryPoolBytes", &config->memory_pool);
  fields.Number("seed", 0, kMaxSafeInteger, &config->seed);
  fields.Flag("statistics", &config->statistics);
  fields.Number("nice", 0, CTZ_MAX_NICE, &config->nice);
  return fields.ok;
}

bool ReadPlan(Napi::Value value, uint32_t kernels, ctz_plan *plan) {
  bool tell = false;
  Fields fields(value, "plan");
  fields.Number("kernel", 0, kernels - 1, &plan->kernel);
  fields.Number("priority", 0, CTZ_CLASSES - 1, &plan->priority);
  fields.Flag("tell", &tell);
  fields.Number("maxRetries", 0, UINT32_MAX, &plan->max_retries);
  fields.Number("backoff", 0, CTZ_BACKOFF_EXPONENTIAL, &plan->backoff);
  fields.Number("retryDelayMs", 0, INFINITY, &plan->retry_delay_ms);
  fields.Number("retryMaxDelayMs", 0, INFINITY, &plan->retry_max_delay_ms);
  fields.Number("retryJitter", 0, 1, &plan->retry_jitter);
  fields.Number("timeoutMs", 0, INFINITY, &plan->timeout_ms);
  fields.Bytes("memoryLimitBytes", &plan->memory_limit);
  fields.Number("series", 0, CTZ_MAX_SERIES - 1, &plan->series);
  plan->flags = tell ? static_cast<uint32_t>(CTZ_PLAN_TELL) : 0u;
  return fields.ok;
}
