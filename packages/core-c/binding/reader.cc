#include "reader.h"

#include <cmath>

// In the order of napi_valuetype, resp. napi_typedarray_type.
static const char *const kinds[] = {"undefined", "null",   "boolean",  "number",   "string",
                                    "symbol",    "object", "function", "external", "bigint"};
static const char *const arrays[] = {"Int8Array",    "Uint8Array",    "Uint8ClampedArray", "Int16Array",
                                     "Uint16Array",  "Int32Array",    "Uint32Array",       "Float32Array",
                                     "Float64Array", "BigInt64Array", "BigUint64Array"};

static std::string Shown(Napi::Env env, double number) { return Napi::Number::New(env, number).ToString(); }

static std::string KindOf(Napi::Value value) {
  if (value.IsNumber()) return value.ToString();
  if (value.IsArray()) return "Array";
  if (!value.IsTypedArray()) return kinds[value.Type()];
  const napi_typedarray_type type = value.As<Napi::TypedArray>().TypedArrayType();
  return type <= napi_biguint64_array ? arrays[type] : "typed array";
}

Thrown ThrowMisfit(Throw how, const std::string &what, const std::string &wanted, Napi::Value got) {
  how(got.Env(), nullptr, (what + " must be " + wanted + ", got " + KindOf(got)).c_str());
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

bool ReadNumber(Napi::Value value, const std::string &what, double *out) {
  if (value.IsEmpty()) return false;  // a getter threw
  if (!value.IsNumber()) return ThrowMisfit(napi_throw_type_error, what, "a number", value);
  *out = value.As<Napi::Number>().DoubleValue();
  return true;
}

static bool ThrowRange(Throw how, const std::string &what, const char *kind, double least, double most,
                       Napi::Value got) {
  const std::string range = " from " + Shown(got.Env(), least) + " to " + Shown(got.Env(), most);
  return ThrowMisfit(how, what, kind + range, got);
}

bool ReadReal(Napi::Value value, const std::string &what, double most, double *out) {
  if (!ReadNumber(value, what, out)) return false;
  if (*out >= 0 && *out <= most) return true;  // false for NaN
  return ThrowRange(napi_throw_range_error, what, "a number", 0, most, value);
}

bool ReadWholeNumber(Napi::Value value, const std::string &what, double least, double most, double *out, Throw how) {
  if (!ReadNumber(value, what, out)) return false;
  if (*out >= least && *out <= most && std::trunc(*out) == *out) return true;
  return ThrowRange(how, what, "a whole number", least, most, value);
}

bool ReadFlag(Napi::Value value, const std::string &what, bool *out) {
  if (value.IsEmpty()) return false;
  if (!value.IsBoolean()) return ThrowMisfit(napi_throw_type_error, what, "a boolean", value);
  *out = value.As<Napi::Boolean>().Value();
  return true;
}

namespace {

// Fields of one DTO; after the first that does not fit nothing more is read.
class Fields {
 public:
  Fields(Napi::Value value, const char *what) : ok(value.IsObject()), what_(what) {
    if (ok) object_ = value.As<Napi::Object>();
    if (!ok) ThrowMisfit(napi_throw_type_error, what_, "an object", value);
  }

  template <typename Integer>
  void Whole(const char *field, double least, double most, Integer *out) {
    ok = ok && ReadWhole(object_.Get(field), what_ + "." + field, least, most, out);
  }

  void Real(const char *field, double most, double *out) {
    ok = ok && ReadReal(object_.Get(field), what_ + "." + field, most, out);
  }

  void Flag(const char *field, bool *out) { ok = ok && ReadFlag(object_.Get(field), what_ + "." + field, out); }

  void Bytes(const char *field, uint64_t *out) {
    double number = 0;
    Real(field, INFINITY, &number);
    if (ok) *out = number >= kMaxSafeInteger ? UINT64_MAX : static_cast<uint64_t>(number);
  }

  bool ok;

 private:
  std::string what_;
  Napi::Object object_;
};

}  // namespace

bool ReadConfig(Napi::Value value, ctz_config *config) {
  Fields fields(value, "config");
  fields.Whole("slots", 1, CTZ_PORT_MAX_SLOTS, &config->port_slots);
  fields.Whole("maxWorkers", 1, CTZ_MAX_WORKERS, &config->max_workers);
  fields.Whole("workers", 1, config->max_workers, &config->workers);
  fields.Bytes("memoryPoolBytes", &config->memory_pool);
  fields.Whole("seed", 0, kMaxSafeInteger, &config->seed);
  fields.Flag("statistics", &config->statistics);
  return fields.ok;
}

bool ReadPlan(Napi::Value value, ctz_plan *plan) {
  bool tell = false;
  Fields fields(value, "plan");
  fields.Whole("kernel", 0, UINT32_MAX, &plan->kernel);
  fields.Whole("priority", 0, CTZ_CLASSES - 1, &plan->priority);
  fields.Flag("tell", &tell);
  fields.Whole("maxRetries", 0, UINT32_MAX, &plan->max_retries);
  fields.Whole("backoff", 0, CTZ_BACKOFF_EXPONENTIAL, &plan->backoff);
  fields.Real("retryDelayMs", INFINITY, &plan->retry_delay_ms);
  fields.Real("retryMaxDelayMs", INFINITY, &plan->retry_max_delay_ms);
  fields.Real("retryJitter", 1, &plan->retry_jitter);
  fields.Real("timeoutMs", INFINITY, &plan->timeout_ms);
  fields.Bytes("memoryLimitBytes", &plan->memory_limit);
  plan->flags = tell ? static_cast<uint32_t>(CTZ_PLAN_TELL) : 0u;
  return fields.ok;
}
