// The export table: `NativeCore` of src/native-core.ts. All state is instance data of the environment, so that any
// number of isolates may load the addon.
#include <napi.h>

#include "convert.h"
#include "ctz/kernel.h"
#include "engine_object.h"

extern "C" {
#include "memory/allocator.h"
}

class Core : public Napi::Addon<Core> {
 public:
  Core(Napi::Env env, Napi::Object exports) : engine_class_(Napi::Persistent(EngineObject::Define(env))) {
    DefineAddon(exports, {
                             InstanceValue("version", Napi::String::New(env, CTZ_VERSION), napi_enumerable),
                             InstanceValue("kernelAbi", Napi::Number::New(env, CTZ_KERNEL_ABI), napi_enumerable),
                             InstanceValue("allocator", Napi::String::New(env, ctz_allocator_name()), napi_enumerable),
                             InstanceValue("portLayout", DescribePort(env), napi_enumerable),
                             InstanceMethod<&Core::CreateEngine>("createEngine", napi_enumerable),
                         });
  }

 private:
  Napi::Value CreateEngine(const Napi::CallbackInfo &info) {
    return EngineObject::Create(info, engine_class_.Value());
  }

  Napi::FunctionReference engine_class_;
};

static napi_value Register(napi_env env, napi_value exports) {
  return Napi::RegisterModule(env, exports, &Core::Init);
}

NAPI_MODULE(core, Register)
