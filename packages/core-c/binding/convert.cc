#include "convert.h"

#include <cstring>
#include <new>

#include "binding/programs/program_slices.h"
#include "reader.h"

Attachment::~Attachment() {
  for (uint32_t i = 0; i < count_; i++) napi_delete_reference(env_, references_[i]);
}

bool Attachment::Keep(napi_value array) {
  if (napi_create_reference(env_, array, 1, &references_[count_]) != napi_ok) return false;
  count_++;
  return true;
}

char *Attachment::Text(size_t bytes) {
  texts_.emplace_back(new (std::nothrow) char[bytes]);
  return texts_.back().get();
}

bool CheckBuffer(Napi::Value value, const std::string &what) {
  if (!value.IsTypedArray()) return true;
  Napi::Env env = value.Env();
  napi_value buffer = nullptr, answer = nullptr;
  bool plain = false, unfit = false;
  napi_get_typedarray_info(env, value, nullptr, nullptr, nullptr, &buffer, nullptr);
  napi_is_arraybuffer(env, buffer, &plain);  // otherwise it is a SharedArrayBuffer
  napi_is_detached_arraybuffer(env, buffer, &unfit);
  const Core *core = env.GetInstanceData<Core>();
  const Napi::FunctionReference &getter = plain ? core->resizable : core->growable;
  if (!unfit && !getter.IsEmpty()) {
    if (napi_call_function(env, buffer, getter.Value(), 0, nullptr, &answer) != napi_ok) return false;
    napi_get_value_bool(env, answer, &unfit);
  }
  return !unfit || ThrowType(env, what + " must be an array over a buffer that is neither detached nor resizable");
}

static bool ToSlice(Napi::Value value, const Elements &wanted, const std::string &what, Attachment &attachment,
                    ctz_slice *out) {
  Napi::Env env = value.Env();
  napi_typedarray_type type = napi_int8_array;
  size_t length = 0;
  void *data = nullptr;
  if (!value.IsTypedArray() ||
      napi_get_typedarray_info(env, value, &type, &length, &data, nullptr, nullptr) != napi_ok || type != wanted.type)
    return ThrowMisfit(napi_throw_type_error, what, wanted.name, value);
  if (!attachment.Keep(value)) return ThrowStatus(env, CTZ_OUT_OF_MEMORY);
  *out = {data, length};
  return true;
}

static bool ToText(Napi::Value value, const std::string &what, Attachment &attachment, ctz_slice *out) {
  if (!value.IsString()) return ThrowMisfit(napi_throw_type_error, what, "a string", value);
  size_t length = 0;
  napi_get_value_string_utf8(value.Env(), value, nullptr, 0, &length);
  char *text = attachment.Text(length + 1);  // Node closes it with a 0
  if (text == nullptr) return ThrowStatus(value.Env(), CTZ_OUT_OF_MEMORY);
  napi_get_value_string_utf8(value.Env(), value, text, length + 1, &length);
  *out = {text, length};
  return true;
}

bool ToArgument(Napi::Value value, ctz_type type, const std::string &what, Attachment &attachment, ctz_value *out) {
  bool flag = false;
  if (type == CTZ_F64) return ReadAnyNumber(value, what, &out->f64);
  if (type == CTZ_I32) return ReadNumber(value, what, INT32_MIN, INT32_MAX, &out->i32, napi_throw_type_error);
  if (type == CTZ_U32) return ReadNumber(value, what, 0, UINT32_MAX, &out->u32, napi_throw_type_error);
  if (type == CTZ_STRING) return ToText(value, what, attachment, &out->slice);
  if (type == CTZ_TEXT) return ToUnits(value, what, attachment, &out->slice);
  if (type != CTZ_BOOL) return ToSlice(value, ElementsOf(type), what, attachment, &out->slice);
  if (!ReadFlag(value, what, &flag)) return false;
  out->u32 = flag ? 1 : 0;
  return true;
}

// Up to here a copy is cheaper than a buffer over foreign memory, which costs Node about a microsecond.
static constexpr size_t kCopiedBytes = 4096;
// No array may be longer in every Node, and one that is too long would end the process.
static constexpr uint64_t kLongestBytes = UINT32_MAX;

static void ReleaseBlock(napi_env, void *, void *block) { ctz_block_free(block); }

static napi_value BufferOver(Napi::Env env, const ctz_slice &slice, size_t bytes, Block block) {
  napi_value buffer = nullptr;
  void *memory = nullptr;
  if (bytes > kCopiedBytes && block != nullptr) {
    auto *data = const_cast<void *>(slice.data);  // it is JavaScript's from here on
    if (napi_create_external_arraybuffer(env, data, bytes, ReleaseBlock, block.get(), &buffer) == napi_ok) {
      static_cast<void>(block.release());
      return buffer;
    }
  }
  if (napi_create_arraybuffer(env, bytes, &memory, &buffer) != napi_ok) return nullptr;
  if (bytes > 0) std::memcpy(memory, slice.data, bytes);
  return buffer;
}

static Napi::Value ThrowTooLong(Napi::Env env, const char *what) {
  napi_throw_range_error(env, "CTZ_INVALID", (std::string("the result is longer than ") + what + " can be").c_str());
  return Napi::Value();
}

static Napi::Value FromSlice(Napi::Env env, const ctz_slice &slice, const Elements &elements, Block block) {
  if (slice.length > kLongestBytes / elements.bytes) return ThrowTooLong(env, "an array");
  const size_t length = static_cast<size_t>(slice.length);
  napi_value buffer = BufferOver(env, slice, length * elements.bytes, std::move(block));
  napi_value array = nullptr;
  if (buffer == nullptr || napi_create_typedarray(env, elements.type, length, buffer, 0, &array) != napi_ok)
    return ThrowStatus(env, CTZ_OUT_OF_MEMORY);
  return Napi::Value(env, array);
}

static Napi::Value FromText(Napi::Env env, const ctz_slice &slice) {
  napi_value text = nullptr;
  const char *data = slice.length > 0 ? static_cast<const char *>(slice.data) : "";
  const bool fits = napi_create_string_utf8(env, data, static_cast<size_t>(slice.length), &text) == napi_ok;
  return fits ? Napi::Value(env, text) : ThrowTooLong(env, "a string");
}

static Napi::Value FromFields(Napi::Env env, const ctz_slice &slice, const char *fields) {
  const std::vector<std::string> names = FieldNames(fields);
  Napi::Object object = Napi::Object::New(env);
  const auto *numbers = static_cast<const double *>(slice.data);
  for (size_t i = 0; i < names.size() && i < slice.length; i++) object.Set(names[i], numbers[i]);
  return object;
}

Napi::Value FromOutcome(Napi::Env env, const ctz_outcome &outcome, Block block) {
  const ctz_slice &slice = outcome.value.slice;
  if (outcome.type < CTZ_BYTES || outcome.type >= CTZ_TYPE_COUNT) return env.Undefined();
  if (outcome.type == CTZ_STRING) return FromText(env, slice);
  if (outcome.type == CTZ_TEXT) return FromUnits(env, slice);
  if (outcome.type == CTZ_RECORD) return FromRecord(env, slice);
  if (outcome.type == CTZ_FIELDS) return FromFields(env, slice, outcome.fields);
  return FromSlice(env, slice, ElementsOf(outcome.type), std::move(block));
}

// What a kernel wrote may be cut in the middle of a letter; Node puts U+FFFD there.
Napi::Object FromError(Napi::Env env, const ctz_error &error) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("status", ctz_status_name(error.status));
  object.Set("name", error.name);
  object.Set("code", error.code);
  object.Set("message", error.message);
  return object;
}
