// The engine as JavaScript holds it: `NativeEngineBinding` of src/native-core.ts, method by method.
#pragma once

#include <napi.h>

#include <memory>

#include "convert.h"
#include "engine_life.h"

class EngineObject : public Napi::ObjectWrap<EngineObject> {
 public:
  using Info = const Napi::CallbackInfo &;

  static Napi::Function Define(Napi::Env env);
  // config, now, wake; without an engine, and with an error pending, when they do not fit.
  explicit EngineObject(Info info);
  ~EngineObject() override;

 private:
  // The first arguments of attach and attachColumns.
  struct Order {
    uint32_t slot, plan, count;
    ctz_value values[CTZ_KERNEL_MAX_ARITY];
    std::unique_ptr<Attachment> attachment;
  };

  ctz_engine *engine() const { return life_->engine.get(); }
  bool ShowPort(Info info);
  bool IsOpen(Info info) const;
  bool ReadSlot(Info info, uint32_t *slot) const;
  const ctz_kernel *ReadPlanIndex(Napi::Value value, uint32_t *index) const;
  bool ReadOrder(Info info, const char *list, bool columns, Order *order) const;
  void Keep(bool on);
  Napi::Value AttachGraph(Info info);
  Napi::Value AddProgram(Info info);
  void SwapBody(Info info);
  Napi::Value ProgramFigures(Info info);
  Napi::Value Settle(Info info, Order *order, ctz_status status);

  Napi::Value Kernels(Info info), LoadLibrary(Info info), DefinePlan(Info info), Result(Info info), Error(Info info);
  Napi::Value Attach(Info info), AttachColumns(Info info), CancelTimed(Info info), WaitCompleted(Info info);
  Napi::Value Statistics(Info info), Series(Info info), Now(Info info), RunOrWake(Info info);
  void ReleasePlan(Info info), WakeTimers(Info info), Free(Info info), Pause(Info info), Scale(Info info),
      KeepAlive(Info info), Close(Info info);

  std::shared_ptr<EngineLife> life_;
  uint32_t slot_count_ = 0, max_workers_ = 0;
  bool kept_ = false, closed_ = false;
};
