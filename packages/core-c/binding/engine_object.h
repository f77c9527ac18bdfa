// The engine as JavaScript holds it: `NativeEngineBinding` of src/native-core.ts, method by method.
#pragma once

#include <napi.h>

#include <memory>
#include <vector>

#include "convert.h"
#include "engine_life.h"

class EngineObject : public Napi::ObjectWrap<EngineObject> {
 public:
  using Info = const Napi::CallbackInfo &;

  static Napi::Function Define(Napi::Env env);
  // createEngine(config, now, wake). Empty with an error pending.
  static Napi::Value Create(Info info);

  explicit EngineObject(Info info);
  ~EngineObject() override;

 private:
  struct Plan {
    const ctz_kernel *kernel;  // kept after release: results of its tasks may still be read
    bool defined;
    uint32_t attached;  // slots that hold arguments made for it
  };

  // The first arguments of attach and attachColumns.
  struct Order {
    uint32_t slot, plan;
    const ctz_kernel *kernel;
    Napi::Value values[CTZ_KERNEL_MAX_ARITY];
  };

  bool ShowPort(Info info);

  ctz_engine *engine() const { return life_->engine.get(); }
  bool IsOpen(Info info) const;
  bool ReadSlot(Info info, uint32_t *slot) const;
  bool ReadPlanIndex(Napi::Value value, uint32_t *index) const;
  bool ReadOrder(Info info, const char *list, Order *order) const;
  const ctz_kernel *KernelOf(uint32_t slot) const;
  void Detach(uint32_t slot);
  void ReleaseUnused(uint32_t plan);
  Napi::Value Settle(Info info, uint32_t slot, ctz_status status, std::unique_ptr<Attachment> attachment);

  Napi::Value Kernels(Info info), LoadLibrary(Info info), DefinePlan(Info info), Attach(Info info);
  Napi::Value AttachColumns(Info info), Result(Info info), Error(Info info), CancelTimed(Info info);
  Napi::Value WaitCompleted(Info info), Scale(Info info), Statistics(Info info), Now(Info info);
  void ReleasePlan(Info info), Wake(Info info), WakeTimers(Info info), Free(Info info), Pause(Info info);
  void KeepAlive(Info info), Close(Info info);

  std::shared_ptr<EngineLife> life_;
  std::vector<Plan> plans_;
  const uint8_t *slots_ = nullptr;  // in the port
  uint32_t slot_count_ = 0;
  bool kept_ = false;
  bool closed_ = false;
};
