#include "binding/convert.h"
#include "binding/reader.h"
#include "toolchain_object.h"

// Tells libraries from other objects, also from those that were given their prototype.
static constexpr napi_type_tag kLibrary = {0x6361747a696c6c61, 0x626f646965730001};

Napi::Function LibraryObject::Define(Napi::Env env) {
  return DefineClass(env, "NativeLibrary", {InstanceMethod<&LibraryObject::Has>("has")});
}

LibraryObject::LibraryObject(Info info) : Napi::ObjectWrap<LibraryObject>(info) {
  if (!info[0].IsTypedArray() || info[0].As<Napi::TypedArray>().TypedArrayType() != napi_uint8_array) {
    ThrowMisfit(napi_throw_type_error, "bytes", "a Uint8Array", info[0]);
    return;
  }
  const Napi::Uint8Array bytes = info[0].As<Napi::Uint8Array>();
  char why[512] = "";
  const ctz_status status = ctz_bodies_open(bytes.Data(), bytes.ByteLength(), &bodies_, why, sizeof why);
  if (status != CTZ_OK)
    ThrowStatus(info.Env(), status, why);
  else
    info.This().As<Napi::Object>().TypeTag(&kLibrary);
}

const ctz_bodies *LibraryObject::Read(Napi::Value value) {
  if (!value.IsObject() || !value.As<Napi::Object>().CheckTypeTag(&kLibrary)) return nullptr;
  return Unwrap(value.As<Napi::Object>())->bodies_;
}

bool LoadBody(Napi::Value library, Napi::Value symbol, ctz_body *body, ctz_column_body *columns) {
  const ctz_bodies *bodies = LibraryObject::Read(library);
  if (bodies == nullptr && !library.IsString())
    return ThrowMisfit(napi_throw_type_error, "library", "a library or its path", library);
  if (!symbol.IsString()) return ThrowMisfit(napi_throw_type_error, "symbolName", "a string", symbol);
  char why[512] = "";
  const std::string path = library.IsString() ? library.As<Napi::String>().Utf8Value() : "the library";
  const std::string name = symbol.As<Napi::String>().Utf8Value();
  if (bodies == nullptr) {
    const ctz_status status = ctz_bodies_load(path.c_str(), &bodies, why, sizeof why);
    if (status != CTZ_OK) return ThrowStatus(library.Env(), status, path + ": " + why);
  }
  ctz_body found = ctz_bodies_find(bodies, name.c_str());
  if (found == nullptr) return ThrowStatus(library.Env(), CTZ_INVALID, path + " has no body " + name);
  *body = found;
  if (columns != nullptr) *columns = ctz_bodies_find_columns(bodies, name.c_str());
  return true;
}

Napi::Value LibraryObject::Has(Info info) {
  if (!info[0].IsString()) return ThrowMisfit(napi_throw_type_error, "symbolName", "a string", info[0]);
  const std::string name = info[0].As<Napi::String>().Utf8Value();
  return Napi::Boolean::New(info.Env(), ctz_bodies_find(bodies_, name.c_str()) != nullptr);
}

static Napi::Value Make(const Napi::FunctionReference &of, const Napi::CallbackInfo &info) {
  const Napi::Object object = of.New({info[0]});
  if (info.Env().IsExceptionPending()) return Napi::Value();
  return object;
}

static Napi::Value CreateToolchain(const Napi::CallbackInfo &info) {
  return Make(info.Env().GetInstanceData<Core>()->toolchains->toolchain_class, info);
}

static Napi::Value OpenLibrary(const Napi::CallbackInfo &info) {
  return Make(info.Env().GetInstanceData<Core>()->toolchains->library_class, info);
}

Toolchains::Toolchains(Napi::Env env)
    : toolchain_class(Napi::Persistent(ToolchainObject::Define(env))),
      library_class(Napi::Persistent(LibraryObject::Define(env))) {}

void Toolchains::Describe(Napi::Env env, Napi::Object exports) {
  char libc[64];
  const char *missing = ctz_toolchain_missing();
  exports.Set("libc", ctz_libc_name(libc, sizeof libc));
  exports.Set("noToolchain", missing == nullptr ? env.Null() : Napi::String::New(env, missing));
  exports.Set("createToolchain", Napi::Function::New<CreateToolchain>(env, "createToolchain"));
  exports.Set("openLibrary", Napi::Function::New<OpenLibrary>(env, "openLibrary"));
}
