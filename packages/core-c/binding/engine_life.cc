#include "engine_life.h"

#include <cmath>

#include "reader.h"

bool EngineLife::Begin(ctz_config *config, Napi::Function wake) {
  if (!BeginWaking(wake)) return ThrowStatus(env_, CTZ_SYSTEM, "Node gave no handle to wake the event loop by");
  config->wake = OnWake;
  config->gone = OnGone;
  config->owner = new std::shared_ptr<EngineLife>(shared_from_this());
  ctz_engine *created = nullptr;
  const ctz_status status = ctz_engine_create(config, &created);
  if (status != CTZ_OK) {
    OnGone(config->owner);
    return ThrowStatus(env_, status);
  }
  engine = std::shared_ptr<ctz_engine>(created, [](ctz_engine *last) {
    ctz_engine_close(last, 0, nullptr);
    ctz_engine_release(last);
  });
  return true;
}

bool EngineLife::BeginWaking(Napi::Function wake) {
  return waker_.Begin(env_, "catzilla:wake", &OnEventLoop, this) &&
         // after the waker, which the end of the environment waits for
         napi_add_env_cleanup_hook(env_, &OnEnvironmentEnd, this) == napi_ok &&
         napi_create_reference(env_, wake, 0, &wake_) == napi_ok;
}

void EngineLife::OnWake(void *life) { (*static_cast<std::shared_ptr<EngineLife> *>(life))->Wake(); }
void EngineLife::OnGone(void *life) { delete static_cast<std::shared_ptr<EngineLife> *>(life); }

void EngineLife::Wake() {
  // acq_rel: what this thread did before is seen by the exchange in OnEventLoop, also when another thread's wake is on
  // its way and this one sends none
  if (sent_.exchange(true, std::memory_order_acq_rel)) return;
  waker_.Send();
}

void EngineLife::OnEventLoop(napi_env env, void *listener) {
  auto *life = static_cast<EngineLife *>(listener);
  // acq_rel: pairs with the exchange in Wake
  life->sent_.exchange(false, std::memory_order_acq_rel);
  if (life->left_) return life->Leave();
  CallBack(env, life->wake_);
}

void EngineLife::KeepLoopAlive(bool on) { waker_.KeepLoopAlive(on); }

void EngineLife::Close() {
  if (engine != nullptr) ctz_engine_close(engine.get(), 0, nullptr);
}

bool EngineLife::Returned(double timeout_ms) const {
  for (const auto &entry : attachments)
    if (!ctz_port_returned(engine.get(), entry.first, timeout_ms)) return false;
  return true;
}

void EngineLife::Leave() {
  left_ = true;
  Close();
  if (attachments.empty()) return End();
  ctz_port_ask_wake(engine.get());  // by which Leave is called again
  if (Returned(0)) End();
}

void EngineLife::OnEnvironmentEnd(void *life) {
  auto *self = static_cast<EngineLife *>(life);
  self->Close();
  self->Returned(INFINITY);
  self->End();
}

// Nothing is kept alive from now on, and no wake comes through.
void EngineLife::End() {
  if (!waker_.IsOpen()) return;  // it has ended, or never begun
  const auto self = shared_from_this();  // the engine may be all that holds it
  napi_remove_env_cleanup_hook(env_, &OnEnvironmentEnd, this);
  waker_.End();
  if (wake_ != nullptr) napi_delete_reference(env_, wake_);
  attachments.clear();
  engine.reset();
}
