// Bells by which other isolates of this process wake an event loop: `NativeBells` of src/native-bells.ts. A threadsafe
// function of Node-API would send its wake under a lock that the woken thread wants at once; an async handle of libuv
// has none. Node-API hands out its loop, and the few functions are looked up in the program: a host without libuv has
// no bells.
#include "binding/waking/bells.h"

#include <cstdlib>
#include <map>
#include <mutex>

#include "binding/reader.h"

#ifndef _WIN32
#include <dlfcn.h>
#endif

typedef void (*Callback)(void *handle);

static struct Uv {
  size_t (*handle_size)(int type);
  int (*async_init)(uv_loop_s *loop, void *handle, Callback callback);
  int (*async_send)(void *handle);
  void (*unref)(void *handle);
  void (*close)(void *handle, Callback callback);
  void (*set_data)(void *handle, void *data);
  void *(*get_data)(const void *handle);
} uv;
static constexpr int kAsyncHandle = 1;

struct Bell {
  napi_env env;
  napi_ref callback;
  napi_async_context context;
  napi_async_cleanup_hook_handle hook;
  void *handle;
  bool closing;
};

// Of the whole process: who rings is in another environment than who listens. Numbers are not given twice.
static std::mutex lock;
static std::map<uint32_t, Bell *> bells;
static uint32_t latest = 0;

template <typename Function>
static bool Find(Function *function, const char *name) {
#ifdef _WIN32
  (void)name;
  *function = nullptr;
#else
  *function = reinterpret_cast<Function>(dlsym(RTLD_DEFAULT, name));
#endif
  return *function != nullptr;
}

static bool FindUv() {
  std::lock_guard<std::mutex> guard(lock);
  return Find(&uv.handle_size, "uv_handle_size") && Find(&uv.async_init, "uv_async_init") &&
         Find(&uv.async_send, "uv_async_send") && Find(&uv.unref, "uv_unref") && Find(&uv.close, "uv_close") &&
         Find(&uv.set_data, "uv_handle_set_data") && Find(&uv.get_data, "uv_handle_get_data");
}

static void OnRung(void *handle) {
  const auto *bell = static_cast<Bell *>(uv.get_data(handle));
  if (bell->closing) return;
  Napi::Env env(bell->env);
  Napi::HandleScope scope(env);
  napi_value callback = nullptr, global = nullptr, error = nullptr;
  if (napi_get_reference_value(env, bell->callback, &callback) != napi_ok) return;
  napi_get_global(env, &global);
  if (napi_make_callback(env, bell->context, global, callback, 0, nullptr, nullptr) != napi_pending_exception) return;
  napi_get_and_clear_last_exception(env, &error);
  napi_fatal_exception(env, error);
}

static void OnClosed(void *handle) {
  auto *bell = static_cast<Bell *>(uv.get_data(handle));
  napi_remove_async_cleanup_hook(bell->hook);
  std::free(handle);
  delete bell;
}

static void Close(Bell *bell) {
  if (bell->closing) return;
  bell->closing = true;
  {
    std::lock_guard<std::mutex> guard(lock);
    for (auto entry = bells.begin(); entry != bells.end(); ++entry) {
      if (entry->second != bell) continue;
      bells.erase(entry);
      break;
    }
  }
  napi_delete_reference(bell->env, bell->callback);
  napi_async_destroy(bell->env, bell->context);
  uv.close(bell->handle, OnClosed);
}

static void OnEnvironmentEnd(napi_async_cleanup_hook_handle, void *bell) { Close(static_cast<Bell *>(bell)); }

static Napi::Value Create(const Napi::CallbackInfo &info) {
  Napi::Env env = info.Env();
  if (!info[0].IsFunction()) return ThrowMisfit(napi_throw_type_error, "callback", "a function", info[0]);
  uv_loop_s *loop = nullptr;
  if (napi_get_uv_event_loop(env, &loop) != napi_ok) return Napi::Number::New(env, 0);
  auto *bell = new Bell{env, nullptr, nullptr, nullptr, std::malloc(uv.handle_size(kAsyncHandle)), false};
  if (bell->handle == nullptr || uv.async_init(loop, bell->handle, OnRung) != 0) {
    std::free(bell->handle);
    delete bell;
    return Napi::Number::New(env, 0);
  }
  uv.set_data(bell->handle, bell);
  uv.unref(bell->handle);
  napi_create_reference(env, info[0], 1, &bell->callback);
  napi_async_init(env, nullptr, Napi::String::New(env, "catzilla:bell"), &bell->context);
  napi_add_async_cleanup_hook(env, OnEnvironmentEnd, bell, &bell->hook);
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
  return Napi::Boolean::New(info.Env(), found != bells.end() && uv.async_send(found->second->handle) == 0);
}

static void CloseBell(const Napi::CallbackInfo &info) {
  uint32_t number = 0;
  if (!ReadBell(info, &number)) return;
  Bell *bell = nullptr;
  {
    std::lock_guard<std::mutex> guard(lock);
    const auto found = bells.find(number);
    // one of another environment is not for this thread to close
    if (found != bells.end() && found->second->env == static_cast<napi_env>(info.Env())) bell = found->second;
  }
  if (bell != nullptr) Close(bell);
}

Napi::Object DescribeBells(Napi::Env env) {
  Napi::Object object = Napi::Object::New(env);
  if (!FindUv()) return object;
  object.Set("create", Napi::Function::New<Create>(env, "create"));
  object.Set("ring", Napi::Function::New<Ring>(env, "ring"));
  object.Set("close", Napi::Function::New<CloseBell>(env, "close"));
  return object;
}
