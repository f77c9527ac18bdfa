// Between JavaScript and C: arguments as a kernel's signature wants them, results as their type says, errors, and what
// C says about itself.
#pragma once

#include <napi.h>

#include <memory>
#include <string>
#include <vector>

#include "ctz/engine.h"

// What the addon keeps for each environment.
struct Core {
  Napi::FunctionReference engine_class;
  // Node's own getters, which nobody can replace any more; empty where Node has no such buffers.
  Napi::FunctionReference resizable, growable;
  std::shared_ptr<struct Programs> programs;      // of binding/programs
  std::shared_ptr<struct Toolchains> toolchains;  // of binding/toolchain
};

// What one task borrows from JavaScript until C gives its slot back: arrays, kept alive by references, and copies of
// strings. It belongs to the thread of the environment.
class Attachment {
 public:
  explicit Attachment(napi_env env) : env_(env) {}
  ~Attachment();

  bool Keep(napi_value array);  // false: Node refused
  char *Text(size_t bytes);     // memory that lives as long as this; null when there is none

 private:
  napi_env env_;
  uint32_t count_ = 0;
  napi_ref references_[CTZ_KERNEL_MAX_ARITY + 1] = {};  // columns and `out`
  std::vector<std::unique_ptr<char[]>> texts_;
};

// Both are false with a TypeError pending that names the argument. Of all arguments of a task the buffers are checked
// first: getters run there, and may do what they like with arrays whose addresses were taken.
bool CheckBuffer(Napi::Value value, const std::string &what);
// Runs no JavaScript. Arrays are borrowed: `attachment` keeps them alive.
bool ToArgument(Napi::Value value, ctz_type type, const std::string &what, Attachment &attachment, ctz_value *out);

// Memory in which the slice of a result lies.
struct FreeBlock {
  void operator()(void *block) const { ctz_block_free(block); }
};
using Block = std::unique_ptr<void, FreeBlock>;

// The value of a completed task, undefined for a scalar, which is in the slot. Large arrays keep `block` and are not
// copied.
Napi::Value FromOutcome(Napi::Env env, const ctz_outcome &outcome, Block block);
Napi::Object FromError(Napi::Env env, const ctz_error &error);

// The names in `fields` of a kernel, in order; none for null.
std::vector<std::string> FieldNames(const char *fields);
// The kernels from `first` on.
Napi::Array DescribeKernels(Napi::Env env, ctz_engine *engine, uint32_t first);
// The names of port.h without `CTZ_`, made from the tables there.
Napi::Object DescribePort(Napi::Env env);
// All numbers are doubles, histograms are sparse. Empty with an error pending when there is no memory.
Napi::Value DescribeStatistics(Napi::Env env, ctz_engine *engine);
Napi::Object FromHistogram(Napi::Env env, const ctz_histogram &of);
