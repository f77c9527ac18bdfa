// attachGraph of the engine object: the lists of a graph, which C copies and checks, and the two that it fills.
#include <algorithm>
#include <iterator>

#include "binding/engine_object.h"
#include "binding/reader.h"

namespace {

struct List {
  const char *name;
  ctz_type type;
};

// In the order of the arguments, behind the slot. The last two are lent to C.
constexpr List kLists[] = {{"plans", CTZ_U32_ARRAY},    {"stepPlans", CTZ_U32_ARRAY},  {"argEnds", CTZ_U32_ARRAY},
                           {"argSteps", CTZ_U32_ARRAY}, {"argNumbers", CTZ_F64_ARRAY}, {"results", CTZ_F64_ARRAY},
                           {"states", CTZ_BYTES}};
constexpr size_t kCount = std::size(kLists), kCopied = kCount - 2;

template <typename T>
T *Data(const ctz_value &list) {
  return static_cast<T *>(const_cast<void *>(list.slice.data));
}

bool HasLength(Napi::Env env, const ctz_value *lists, size_t index, uint64_t length) {
  if (lists[index].slice.length == length) return true;
  return ThrowType(env, std::string(kLists[index].name) + " must have " + std::to_string(length) + " elements, got " +
                            std::to_string(lists[index].slice.length));
}

}  // namespace

Napi::Value EngineObject::AttachGraph(Info info) {
  uint32_t slot = 0;
  ctz_value lists[kCount] = {};
  // getters may run here, and nowhere below
  for (size_t i = 0; i < kCount; i++)
    if (!CheckBuffer(info[i + 1], kLists[i].name)) return Napi::Value();
  if (!IsOpen(info) || !ReadSlot(info, &slot)) return Napi::Value();
  Attachment copied(info.Env());
  auto lent = std::make_unique<Attachment>(info.Env());
  for (size_t i = 0; i < kCount; i++)
    if (!ToArgument(info[i + 1], kLists[i].type, kLists[i].name, i < kCopied ? copied : *lent, &lists[i]))
      return Napi::Value();
  const uint64_t steps = lists[1].slice.length, args = lists[3].slice.length;
  if (!HasLength(info.Env(), lists, 2, steps) || !HasLength(info.Env(), lists, 4, args) ||
      !HasLength(info.Env(), lists, 5, steps) || !HasLength(info.Env(), lists, 6, steps))
    return Napi::Value();
  const auto within = [](uint64_t length) { return static_cast<uint32_t>(std::min<uint64_t>(length, UINT32_MAX)); };
  const ctz_graph graph = {within(steps),
                           within(lists[0].slice.length),
                           within(args),
                           Data<const uint32_t>(lists[0]),
                           Data<const uint32_t>(lists[1]),
                           Data<const uint32_t>(lists[2]),
                           Data<const uint32_t>(lists[3]),
                           Data<const double>(lists[4]),
                           Data<double>(lists[5]),
                           Data<uint8_t>(lists[6])};
  const ctz_status status = ctz_port_attach_graph(engine(), slot, &graph);
  if (status != CTZ_OK) return ThrowStatus(info.Env(), status);
  life_->attachments[slot] = std::move(lent);
  return Napi::Value();
}
