// Bells by which other isolates of this process wake an event loop: `NativeBells` of src/native-bells.ts. A host
// without libuv has none.
#include "binding/waking/bells.h"

#include <map>
#include <mutex>

#include "binding/reader.h"
#include "binding/waking/async.h"

struct Bell {
  napi_env env;
  napi_ref callback;
  Async *async;
};

// Of the whole process: who rings is in another environment than who listens. Numbers are not given twice.
static std::mutex lock;
static std::map<uint32_t, Bell *> bells;
static uint32_t latest = 0;

static void OnRung(napi_env env, void *bell) { CallBack(env, static_cast<Bell *>(bell)->callback); }

static void OnEnvironmentEnd(void *bell);

// The bell is out of the list.
static void Close(Bell *bell) {
  napi_remove_env_cleanup_hook(bell->env, OnEnvironmentEnd, bell);
  napi_delete_reference(bell->env, bell->callback);
  AsyncClose(bell->async);
  delete bell;
}

static void OnEnvironmentEnd(void *data) {
  auto *bell = static_cast<Bell *>(data);
  {
    std::lock_guard<std::mutex> guard(lock);
    for (auto entry = bells.begin(); entry != bells.end(); ++entry) {
      if (entry->second != bell) continue;
      bells.erase(entry);
      break;
    }
  }
  Close(bell);
}

static Napi::Value Create(const Napi::CallbackInfo &info) {
  Napi::Env env = info.Env();
  if (!info[0].IsFunction()) return ThrowMisfit(napi_throw_type_error, "callback", "a function", info[0]);
  auto *bell = new Bell{env, nullptr, nullptr};
  bell->async = AsyncOpen(env, "catzilla:bell", OnRung, bell);
  if (bell->async == nullptr) {
    delete bell;
    return Napi::Number::New(env, 0);
  }
  napi_create_reference(env, info[0], 1, &bell->callback);
  napi_add_env_cleanup_hook(env, OnEnvironmentEnd, bell);
  std::lock_guard<std::mutex> guard(lock);
  bells[++latest] = bell;
  return Napi::Number::New(env, latest);
}

static bool ReadBell(const Napi::CallbackInfo &info, uint32_t *number) {
  return ReadNumber(info[0], "bell", 0, UINT32_MAX, number);
}

static Napi::Value Ring(const Napi::CallbackInfo &info) {
  uint32_t number = 0;
  if (!ReadBell(info, &number)) return Napi::Value();
  // held meanwhile, so that its handle stays; who is woken does not take it
  std::lock_guard<std::mutex> guard(lock);
  const auto found = bells.find(number);
  return Napi::Boolean::New(info.Env(), found != bells.end() && AsyncSend(found->second->async));
}

static void CloseBell(const Napi::CallbackInfo &info) {
  uint32_t number = 0;
  if (!ReadBell(info, &number)) return;
  Bell *bell = nullptr;
  {
    std::lock_guard<std::mutex> guard(lock);
    const auto found = bells.find(number);
    // one of another environment is not for this thread to close
    if (found != bells.end() && found->second->env == static_cast<napi_env>(info.Env())) {
      bell = found->second;
      bells.erase(found);
    }
  }
  if (bell != nullptr) Close(bell);
}

Napi::Object DescribeBells(Napi::Env env) {
  Napi::Object object = Napi::Object::New(env);
  if (!AsyncIsThere()) return object;
  object.Set("create", Napi::Function::New<Create>(env, "create"));
  object.Set("ring", Napi::Function::New<Ring>(env, "ring"));
  object.Set("close", Napi::Function::New<CloseBell>(env, "close"));
  return object;
}
