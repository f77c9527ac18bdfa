// Programs as kernels of an engine: the methods of the engine object that add them and swap their bodies.
#include "binding/engine_object.h"
#include "binding/reader.h"
#include "binding/toolchain/toolchain_object.h"
#include "program_object.h"

// Also `addBody`, whose further arguments name the body in C.
Napi::Value EngineObject::AddProgram(Info info) {
  ctz_body body = nullptr;
  ctz_column_body columns = nullptr;
  if (info.Length() > 2 && !LoadBody(info[2], info[3], &body, &columns)) return Napi::Value();
  if (!info[0].IsString()) return ThrowMisfit(napi_throw_type_error, "name", "a string", info[0]);
  const std::string name = info[0].As<Napi::String>().Utf8Value();
  OpenedProgram program = OpenProgram(info.Env(), info[1]);
  // a test of Math may have closed it
  if (program == nullptr || !IsOpen(info)) return Napi::Value();
  uint32_t index = 0;
  const ctz_status status = ctz_program_add(engine(), name.c_str(), program.release(), &index);
  const bool unfit = status == CTZ_INVALID;
  const char *why = ": too long a name, too many parameters, or too many kernels";
  if (status != CTZ_OK) return ThrowStatus(info.Env(), status, unfit ? name + why : "");
  ctz_body_swap(engine(), index, body);
  ctz_column_body_swap(engine(), index, columns);
  return DescribeKernels(info.Env(), engine(), index).Get(0u);
}

void EngineObject::SwapBody(Info info) {
  uint32_t kernel = 0;
  ctz_body body = nullptr;
  ctz_column_body columns = nullptr;
  if (!IsOpen(info) || !ReadNumber(info[0], "kernel", 0, UINT32_MAX, &kernel)) return;
  if (!LoadBody(info[1], info[2], &body, &columns)) return;
  const ctz_status status = ctz_body_swap(engine(), kernel, body);
  ctz_column_body_swap(engine(), kernel, columns);
  if (status != CTZ_OK) ThrowStatus(info.Env(), status);
}

Napi::Value EngineObject::ProgramFigures(Info info) {
  uint32_t kernel = 0;
  uint64_t calls = 0, bails = 0;
  if (!IsOpen(info) || !ReadNumber(info[0], "kernel", 0, UINT32_MAX, &kernel)) return Napi::Value();
  const ctz_status status = ctz_program_figures(engine(), kernel, &calls, &bails);
  if (status != CTZ_OK) return ThrowStatus(info.Env(), status);
  Napi::Object figures = Napi::Object::New(info.Env());
  figures.Set("calls", static_cast<double>(calls));
  figures.Set("bails", static_cast<double>(bails));
  return figures;
}
