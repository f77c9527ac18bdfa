// How C threads wake JavaScript. A worker may want to at any moment, also while its environment ends: the wake handle
// must not be touched then, since Node frees it. So the engine gets this small record as its owner, which outlives both
// sides (it is counted), and every wake looks under a lock whether the environment still lives.
//
// JavaScript's `wake` is held weakly, so that an engine that nobody refers to can be collected although `wake` refers
// to it; the engine object itself holds `wake`.
#pragma once

#include <napi.h>

#include <atomic>
#include <memory>
#include <mutex>

class Waker {
 public:
  // Empty, with an error pending, when Node refuses. The handle does not keep the event loop alive.
  static std::shared_ptr<Waker> Create(Napi::Env env, Napi::Function wake);

  // Any thread: has `wake` called on the event loop, once for all wakes until it is.
  void Wake();

  // The rest belongs to the thread of the environment.
  void KeepLoopAlive(bool on);
  // No wake comes through from now on. Idempotent.
  void End();

 private:
  static void OnEventLoop(napi_env env, napi_value, void *context, void *);

  napi_env env_ = nullptr;
  napi_ref wake_ = nullptr;
  std::atomic<bool> sent_{false};
  std::mutex lock_;
  bool ended_ = false;                          // under lock_
  napi_threadsafe_function handle_ = nullptr;   // under lock_ for Wake and End
};
