// How an engine object begins and ends.
#include <cmath>

#include "engine_object.h"
#include "reader.h"

static void OnWake(void *owner) { (*static_cast<std::shared_ptr<Waker> *>(owner))->Wake(); }
static void OnGone(void *owner) { delete static_cast<std::shared_ptr<Waker> *>(owner); }

static void CloseNow(ctz_engine *engine) {
  ctz_report report;
  ctz_engine_close(engine, 0, &report);
}

#define METHOD(Name, name) InstanceMethod<&EngineObject::Name>(name)

Napi::Function EngineObject::Define(Napi::Env env) {
  return DefineClass(env, "NativeEngine",
                     {InstanceAccessor<&EngineObject::Kernels>("kernels", napi_enumerable),
                      METHOD(LoadLibrary, "loadLibrary"), METHOD(DefinePlan, "definePlan"),
                      METHOD(ReleasePlan, "releasePlan"), METHOD(Wake, "wake"), METHOD(WakeTimers, "wakeTimers"),
                      METHOD(Attach, "attach"), METHOD(AttachColumns, "attachColumns"), METHOD(Result, "result"),
                      METHOD(Error, "error"), METHOD(Free, "free"), METHOD(CancelTimed, "cancelTimed"),
                      METHOD(WaitCompleted, "waitCompleted"), METHOD(Pause, "pause"), METHOD(Scale, "scale"),
                      METHOD(Statistics, "statistics"), METHOD(Now, "now"), METHOD(KeepAlive, "keepAlive"),
                      METHOD(Close, "close")});
}

Napi::Value EngineObject::Create(Info info, Napi::Function engine_class) {
  ctz_config config = {};
  if (!ReadConfig(info[0], &config)) return Napi::Value();
  if (!ReadReal(info[1], "now", 0, 9007199254740991.0, &config.now_ms)) return Napi::Value();
  if (!info[2].IsFunction()) return ThrowMisfit(napi_throw_type_error, "wake", "a function", info[2]);
  return engine_class.New({Napi::External<ctz_config>::New(info.Env(), &config), info[2]});
}

EngineObject::EngineObject(Info info) : Napi::ObjectWrap<EngineObject>(info) {
  // `new engine.constructor()` comes here as well; an External is what scripts cannot make
  if (info.Length() != 2 || !info[0].IsExternal() || !info[1].IsFunction()) {
    ThrowType(info.Env(), "engines are made by createEngine");
    return;
  }
  // after the handle of the waker, whose own hook Node calls later for that
  hooked_ = Start(info, info[0].As<Napi::External<ctz_config>>().Data()) && ShowPort(info) &&
            napi_add_env_cleanup_hook(info.Env(), &EngineObject::OnEnvironmentEnd, this) == napi_ok;
  // now: when the object is collected, Node may have freed the handle of the waker
  if (!hooked_) End();
}

bool EngineObject::Start(Info info, ctz_config *config) {
  Napi::Env env = info.Env();
  Napi::Function wake = info[1].As<Napi::Function>();
  waker_ = Waker::Create(env, wake);
  if (waker_ == nullptr) return false;
  info.This().As<Napi::Object>().DefineProperty(Napi::PropertyDescriptor::Value(Napi::Symbol::New(env, "wake"), wake));
  slot_count_ = config->port_slots;
  config->wake = OnWake;
  config->gone = OnGone;
  config->owner = new std::shared_ptr<Waker>(waker_);
  ctz_engine *engine = nullptr;
  const ctz_status status = ctz_engine_create(config, &engine);
  if (status != CTZ_OK) {
    OnGone(config->owner);
    return ThrowStatus(env, status);
  }
  engine_ = std::shared_ptr<ctz_engine>(engine, [](ctz_engine *last) {
    CloseNow(last);
    ctz_engine_release(last);
  });
  return true;
}

static void ReleasePort(napi_env, void *, void *lease) { delete static_cast<std::shared_ptr<ctz_engine> *>(lease); }

bool EngineObject::ShowPort(Info info) {
  size_t bytes = 0;
  void *memory = ctz_port_memory(engine_.get(), &bytes);
  // read now, since JavaScript may write there later
  slots_ = static_cast<const uint8_t *>(memory) + static_cast<const uint32_t *>(memory)[CTZ_WORD_SLOTS_OFFSET];
  auto *lease = new std::shared_ptr<ctz_engine>(engine_);
  napi_value buffer = nullptr;
  const napi_status status = napi_create_external_arraybuffer(info.Env(), memory, bytes, ReleasePort, lease, &buffer);
  if (status != napi_ok) {
    delete lease;
    const bool refused = status == napi_no_external_buffers_allowed;
    return ThrowStatus(info.Env(), CTZ_SYSTEM,
                       refused ? "this runtime allows no ArrayBuffer over memory of an addon (external buffers)"
                               : "Node gave no ArrayBuffer for the port");
  }
  info.This().As<Napi::Object>().DefineProperty(Napi::PropertyDescriptor::Value("memory", buffer, napi_enumerable));
  return true;
}

void EngineObject::End() {
  if (waker_ != nullptr) waker_->End();
  if (engine_ == nullptr) return;
  CloseNow(engine_.get());
  for (const auto &entry : attachments_) ctz_port_returned(engine_.get(), entry.first, INFINITY);
  attachments_.clear();
  engine_.reset();
}

void EngineObject::OnEnvironmentEnd(void *object) {
  auto *self = static_cast<EngineObject *>(object);
  self->hooked_ = false;
  self->End();
}

EngineObject::~EngineObject() {
  if (hooked_) napi_remove_env_cleanup_hook(Env(), &EngineObject::OnEnvironmentEnd, this);
  End();
}

void EngineObject::KeepAlive(Info info) {
  bool on = false;
  if (!ReadFlag(info[0], "on", &on) || (on && !IsOpen(info)) || on == kept_) return;
  kept_ = on;
  waker_->KeepLoopAlive(on);
  // work is under way: the object must not be collected either
  on ? Ref() : Unref();
}

void EngineObject::Close(Info) {
  if (closed_) return;
  closed_ = true;
  CloseNow(engine_.get());
  waker_->KeepLoopAlive(false);
  if (kept_) Unref();
  kept_ = false;
}
