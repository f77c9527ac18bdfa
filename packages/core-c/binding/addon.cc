// The export table: `NativeCore` of src/native-core.ts. Any number of isolates may load the addon: its state is theirs.
#include <napi.h>

#include "binding/memory/other_memory.h"
#include "binding/programs/program_object.h"
#include "binding/toolchain/toolchain_object.h"
#include "binding/waking/bells.h"
#include "convert.h"
#include "ctz/kernel.h"
#include "engine_object.h"

extern "C" {
#include "memory/allocator.h"
}

// Empty where Node has no such buffers.
static Napi::FunctionReference GetterOf(Napi::Env env, const std::string &type, const std::string &property) {
  const std::string of = "(globalThis." + type + "?.prototype ?? {}, '" + property + "')?.get";
  const Napi::Value getter = env.RunScript("Object.getOwnPropertyDescriptor" + of);
  return getter.IsFunction() ? Napi::Persistent(getter.As<Napi::Function>()) : Napi::FunctionReference();
}

static Napi::Value CreateEngine(const Napi::CallbackInfo &info) {
  return info.Env().GetInstanceData<Core>()->engine_class.New({info[0], info[1], info[2]});
}

static Napi::Object Register(Napi::Env env, Napi::Object exports) {
  env.SetInstanceData(new Core{Napi::Persistent(EngineObject::Define(env)), GetterOf(env, "ArrayBuffer", "resizable"),
                               GetterOf(env, "SharedArrayBuffer", "growable"), std::make_shared<Programs>(env),
                               std::make_shared<Toolchains>(env)});
  exports.Set("version", CTZ_VERSION);
  exports.Set("kernelAbi", CTZ_KERNEL_ABI);
  exports.Set("allocator", ctz_allocator_name());
  exports.Set("portLayout", DescribePort(env));
  exports.Set("createEngine", Napi::Function::New<CreateEngine>(env, "createEngine"));
  exports.Set("otherMemory", DescribeOtherMemory(env));
  exports.Set("bells", DescribeBells(env));
  exports.Set("programs", env.GetInstanceData<Core>()->programs->Describe(env));
  env.GetInstanceData<Core>()->toolchains->Describe(env, exports);
  return exports;
}

NODE_API_MODULE(core, Register)
