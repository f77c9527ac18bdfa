// The engine as JavaScript holds it: `NativeEngineBinding` of src/native-core.ts, method by method.
//
// Life: the C engine is shared by this object and the ArrayBuffer over its port; whichever goes last gives it back. The
// object ends by collection or with its environment, and End() serves both: no more wakes, the engine closed, and what
// tasks borrowed let go once no kernel reads it any more. Only for that it may wait: until running kernels that were
// given arrays see that they shall stop.
#pragma once

#include <napi.h>

#include <memory>
#include <unordered_map>
#include <vector>

#include "convert.h"
#include "ctz/engine.h"
#include "waker.h"

class EngineObject : public Napi::ObjectWrap<EngineObject> {
 public:
  using Info = const Napi::CallbackInfo &;

  static Napi::Function Define(Napi::Env env);
  // createEngine(config, now, wake). Empty with an error pending.
  static Napi::Value Create(Info info, Napi::Function engine_class);

  explicit EngineObject(Info info);
  ~EngineObject() override;

 private:
  struct Plan {
    const ctz_kernel *kernel;  // kept after release: results of its tasks may still be read
    bool defined;
    uint32_t attached;  // slots that hold arguments made for it
  };

  bool Start(Info info, ctz_config *config);
  bool ShowPort(Info info);
  void End();
  static void OnEnvironmentEnd(void *object);

  bool IsOpen(Info info) const;
  bool ReadSlot(Info info, uint32_t *slot) const;
  bool ReadPlanIndex(Napi::Value value, uint32_t *index) const;
  const ctz_kernel *KernelOf(uint32_t slot) const;
  void Detach(uint32_t slot);
  void ReleaseUnused(uint32_t plan);
  Napi::Value Settle(Info info, uint32_t slot, ctz_status status, std::unique_ptr<Attachment> attachment);

  Napi::Value Kernels(Info info), LoadLibrary(Info info), DefinePlan(Info info), Attach(Info info);
  Napi::Value AttachColumns(Info info), Result(Info info), Error(Info info), CancelTimed(Info info);
  Napi::Value WaitCompleted(Info info), Scale(Info info), Statistics(Info info), Now(Info info);
  void ReleasePlan(Info info), Wake(Info info), WakeTimers(Info info), Free(Info info), Pause(Info info);
  void KeepAlive(Info info), Close(Info info);

  std::shared_ptr<Waker> waker_;
  std::shared_ptr<ctz_engine> engine_;
  std::unordered_map<uint32_t, std::unique_ptr<Attachment>> attachments_;  // by slot
  std::vector<Plan> plans_;
  const uint8_t *slots_ = nullptr;  // in the port
  uint32_t slot_count_ = 0;
  bool kept_ = false;
  bool closed_ = false;
  bool hooked_ = false;
};
