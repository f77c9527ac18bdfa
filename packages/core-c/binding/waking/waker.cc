#include "binding/waking/waker.h"

bool Waker::Begin(napi_env env, const char *name, AsyncHeard heard, void *listener) {
  env_ = env;
  heard_ = heard;
  listener_ = listener;
  async_ = AsyncOpen(env, name, heard, listener);
  if (async_ != nullptr) return true;
  if (napi_create_threadsafe_function(env, nullptr, nullptr, Napi::String::New(env, name), 0, 1, nullptr, nullptr, this,
                                      &OnCalled, &function_) != napi_ok)
    return false;
  napi_unref_threadsafe_function(env, function_);
  return true;
}

// `env` is null when the function closes with calls in its queue; the waker may be gone by then.
void Waker::OnCalled(napi_env env, napi_value, void *context, void *) {
  if (env == nullptr) return;
  const auto *waker = static_cast<Waker *>(context);
  waker->heard_(env, waker->listener_);
}

void Waker::Send() {
  std::lock_guard<std::mutex> guard(lock_);
  if (async_ != nullptr) AsyncSend(async_);
  if (function_ != nullptr) napi_call_threadsafe_function(function_, nullptr, napi_tsfn_nonblocking);
}

void Waker::KeepLoopAlive(bool on) {
  if (async_ != nullptr) AsyncKeepLoopAlive(async_, on);
  if (function_ == nullptr) return;
  on ? napi_ref_threadsafe_function(env_, function_) : napi_unref_threadsafe_function(env_, function_);
}

void Waker::End() {
  std::lock_guard<std::mutex> guard(lock_);
  if (async_ != nullptr) AsyncClose(async_);
  if (function_ != nullptr) napi_release_threadsafe_function(function_, napi_tsfn_abort);
  async_ = nullptr;
  function_ = nullptr;
}
