// Wakes the event loop of an environment, from any thread and at any moment, also while the environment ends. Without
// libuv by a threadsafe function.
#pragma once

#include <napi.h>

#include <mutex>

#include "binding/waking/async.h"

class Waker {
 public:
  // Does not keep the event loop alive. False when Node gives no handle.
  bool Begin(napi_env env, const char *name, AsyncHeard heard, void *listener);
  bool IsOpen() const { return async_ != nullptr || function_ != nullptr; }
  // Any thread; nothing happens once it has ended.
  void Send();
  void KeepLoopAlive(bool on);
  void End();

 private:
  static void OnCalled(napi_env env, napi_value, void *waker, void *);

  napi_env env_ = nullptr;
  AsyncHeard heard_ = nullptr;
  void *listener_ = nullptr;
  // Written by the thread of the environment, under the lock: Node frees what they name. One of them at most is there.
  std::mutex lock_;
  Async *async_ = nullptr;
  napi_threadsafe_function function_ = nullptr;
};
