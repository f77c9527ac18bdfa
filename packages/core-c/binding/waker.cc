#include "waker.h"

#include "reader.h"

std::shared_ptr<Waker> Waker::Create(Napi::Env env, Napi::Function wake) {
  auto waker = std::make_shared<Waker>();
  waker->env_ = env;
  napi_status status = napi_create_reference(env, wake, 0, &waker->wake_);
  if (status == napi_ok) {
    Napi::String name = Napi::String::New(env, "catzilla:wake");
    status = napi_create_threadsafe_function(env, nullptr, nullptr, name, 0, 1, nullptr, nullptr, waker.get(),
                                             &Waker::OnEventLoop, &waker->handle_);
  }
  if (status == napi_ok) status = napi_unref_threadsafe_function(env, waker->handle_);
  if (status == napi_ok) return waker;
  ThrowStatus(env, CTZ_SYSTEM, "Node gave no handle to wake the event loop by");
  return nullptr;
}

void Waker::Wake() {
  // acq_rel: what this thread did before is seen by the exchange in OnEventLoop, also when another thread's wake is on
  // its way and this one sends none
  if (sent_.exchange(true, std::memory_order_acq_rel)) return;
  std::lock_guard<std::mutex> guard(lock_);
  if (!ended_) napi_call_threadsafe_function(handle_, nullptr, napi_tsfn_nonblocking);
}

void Waker::KeepLoopAlive(bool on) {
  if (ended_) return;  // written by this thread only
  on ? napi_ref_threadsafe_function(env_, handle_) : napi_unref_threadsafe_function(env_, handle_);
}

void Waker::End() {
  std::lock_guard<std::mutex> guard(lock_);
  if (ended_) return;
  ended_ = true;
  napi_release_threadsafe_function(handle_, napi_tsfn_abort);
  napi_delete_reference(env_, wake_);
}

// `env` is null when the handle closes with wakes in its queue; the record may be gone by then.
void Waker::OnEventLoop(napi_env env, napi_value, void *context, void *) {
  if (env == nullptr) return;
  auto *waker = static_cast<Waker *>(context);
  // acq_rel: pairs with the exchange in Wake
  waker->sent_.exchange(false, std::memory_order_acq_rel);
  napi_value wake = nullptr;
  if (napi_get_reference_value(env, waker->wake_, &wake) != napi_ok || wake == nullptr) return;
  napi_value undefined = nullptr;
  napi_get_undefined(env, &undefined);
  if (napi_call_function(env, undefined, wake, 0, nullptr, nullptr) != napi_pending_exception) return;
  // Node only warns about what a callback of an addon throws; it shall be an uncaught exception like any other
  napi_value error = nullptr;
  napi_get_and_clear_last_exception(env, &error);
  napi_fatal_exception(env, error);
}
