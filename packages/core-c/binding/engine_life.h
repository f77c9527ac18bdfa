// What C and JavaScript share of one engine. It ends when the engine object is collected, or with the environment: the
// engine is closed, and what tasks borrowed is let go once no kernel reads it any more. The end of the environment
// waits for that, since the arrays go with it; after a collection the event loop goes on, and what is left ends later.
//
// A worker may want to wake JavaScript at any moment, also while the environment ends: this record is counted, and its
// waker knows when it has ended.
// JavaScript's `wake` is held weakly, so that an engine that nobody refers to can be collected although `wake` refers
// to it; the engine object holds `wake`.
#pragma once

#include <napi.h>

#include <atomic>
#include <memory>
#include <unordered_map>

#include "binding/waking/waker.h"
#include "convert.h"
#include "ctz/engine.h"

class EngineLife : public std::enable_shared_from_this<EngineLife> {
 public:
  explicit EngineLife(Napi::Env env) : env_(env) {}

  // The handle does not keep the event loop alive. False with an error pending.
  bool Begin(ctz_config *config, Napi::Function wake);
  void KeepLoopAlive(bool on);
  void Close();
  // The object was collected, or is none: closes, and ends once no kernel reads what was attached.
  void Leave();

  std::shared_ptr<ctz_engine> engine;  // empty when it has ended
  std::unordered_map<uint32_t, std::unique_ptr<Attachment>> attachments;  // by slot

 private:
  bool BeginWaking(Napi::Function wake);
  void Wake();  // any thread: has `wake` called on the event loop, once for all wakes until it is
  bool Returned(double timeout_ms) const;
  void End();
  static void OnWake(void *life);
  static void OnGone(void *life);
  static void OnEventLoop(napi_env env, void *life);
  static void OnEnvironmentEnd(void *life);

  const napi_env env_;
  napi_ref wake_ = nullptr;
  bool left_ = false;
  std::atomic<bool> sent_{false};
  Waker waker_;
};
