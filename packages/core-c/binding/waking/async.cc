#include "binding/waking/async.h"

#include <cstdlib>

#ifndef _WIN32
#include <dlfcn.h>
#endif

typedef void (*Callback)(void *handle);

static struct Uv {
  size_t (*handle_size)(int type);
  int (*async_init)(uv_loop_s *loop, void *handle, Callback callback);
  int (*async_send)(void *handle);
  void (*ref)(void *handle);
  void (*unref)(void *handle);
  void (*close)(void *handle, Callback callback);
  void (*set_data)(void *handle, void *data);
  void *(*get_data)(const void *handle);
} uv;
static constexpr int kAsyncHandle = 1;

struct Async {
  napi_env env;
  AsyncHeard heard;
  void *listener;
  napi_async_context context;
  napi_async_cleanup_hook_handle hook;
  void *handle;
  bool closing;
};

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
  return Find(&uv.handle_size, "uv_handle_size") && Find(&uv.async_init, "uv_async_init") &&
         Find(&uv.async_send, "uv_async_send") && Find(&uv.ref, "uv_ref") && Find(&uv.unref, "uv_unref") &&
         Find(&uv.close, "uv_close") && Find(&uv.set_data, "uv_handle_set_data") &&
         Find(&uv.get_data, "uv_handle_get_data");
}

bool AsyncIsThere() {
  static const bool found = FindUv();
  return found;
}

static void OnSent(void *handle) {
  const auto *async = static_cast<Async *>(uv.get_data(handle));
  if (async->closing) return;
  const napi_env env = async->env;
  Napi::HandleScope scope(env);
  napi_callback_scope around = nullptr;
  if (napi_open_callback_scope(env, nullptr, async->context, &around) != napi_ok) return;
  async->heard(env, async->listener);
  napi_close_callback_scope(env, around);
}

static void OnClosed(void *handle) {
  auto *async = static_cast<Async *>(uv.get_data(handle));
  napi_remove_async_cleanup_hook(async->hook);
  std::free(handle);
  delete async;
}

// Who opened it has closed it by now: the environment waits until it is.
static void OnEnvironmentEnd(napi_async_cleanup_hook_handle, void *async) { AsyncClose(static_cast<Async *>(async)); }

Async *AsyncOpen(napi_env env, const char *name, AsyncHeard heard, void *listener) {
  uv_loop_s *loop = nullptr;
  if (!AsyncIsThere() || napi_get_uv_event_loop(env, &loop) != napi_ok) return nullptr;
  auto *async = new Async{env, heard, listener, nullptr, nullptr, std::malloc(uv.handle_size(kAsyncHandle)), false};
  if (async->handle == nullptr || uv.async_init(loop, async->handle, OnSent) != 0) {
    std::free(async->handle);
    delete async;
    return nullptr;
  }
  uv.set_data(async->handle, async);
  uv.unref(async->handle);
  napi_async_init(env, nullptr, Napi::String::New(env, name), &async->context);
  napi_add_async_cleanup_hook(env, OnEnvironmentEnd, async, &async->hook);
  return async;
}

bool AsyncSend(Async *async) { return uv.async_send(async->handle) == 0; }

void AsyncKeepLoopAlive(Async *async, bool on) { on ? uv.ref(async->handle) : uv.unref(async->handle); }

void AsyncClose(Async *async) {
  if (async->closing) return;
  async->closing = true;
  napi_async_destroy(async->env, async->context);
  uv.close(async->handle, OnClosed);
}

void CallBack(napi_env env, napi_ref reference) {
  napi_value function = nullptr, undefined = nullptr, error = nullptr;
  if (napi_get_reference_value(env, reference, &function) != napi_ok || function == nullptr) return;
  napi_get_undefined(env, &undefined);
  if (napi_call_function(env, undefined, function, 0, nullptr, nullptr) != napi_pending_exception) return;
  // Node only warns about what a callback of an addon throws
  napi_get_and_clear_last_exception(env, &error);
  napi_fatal_exception(env, error);
}
