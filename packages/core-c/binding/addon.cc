// The export table: `NativeCore` of src/native-core.ts. All state is instance data of the environment, so that any
// number of isolates may load the addon.
#include <napi.h>

#include "convert.h"
#include "ctz/kernel.h"
#include "engine_object.h"

extern "C" {
#include "memory/allocator.h"
}

static Napi::FunctionReference GetterOf(Napi::Env env, const char *type, const char *property) {
  Napi::Value constructor = env.Global().Get(type);
  if (!constructor.IsFunction()) return {};
  Napi::Object object = env.Global().Get("Object").As<Napi::Object>();
  Napi::Function describe = object.Get("getOwnPropertyDescriptor").As<Napi::Function>();
  Napi::Value prototype = constructor.As<Napi::Object>().Get("prototype");
  Napi::Value found = describe.Call({prototype, Napi::String::New(env, property)});
  if (!found.IsObject()) return {};
  Napi::Value getter = found.As<Napi::Object>().Get("get");
  return getter.IsFunction() ? Napi::Persistent(getter.As<Napi::Function>()) : Napi::FunctionReference();
}

static Napi::Object Register(Napi::Env env, Napi::Object exports) {
  env.SetInstanceData(new Core{Napi::Persistent(EngineObject::Define(env)), GetterOf(env, "ArrayBuffer", "resizable"),
                               GetterOf(env, "SharedArrayBuffer", "growable")});
  exports.Set("version", CTZ_VERSION);
  exports.Set("kernelAbi", CTZ_KERNEL_ABI);
  exports.Set("allocator", ctz_allocator_name());
  exports.Set("portLayout", DescribePort(env));
  exports.Set("createEngine", Napi::Function::New<EngineObject::Create>(env, "createEngine"));
  return exports;
}

NODE_API_MODULE(core, Register)
