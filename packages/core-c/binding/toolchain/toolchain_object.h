// The compiler's way into the process, as JavaScript holds it: `NativeToolchain` and `NativeLibrary` of
// src/native-toolchain.ts.
#pragma once

#include <napi.h>

#include "ctz/toolchain.h"

// What the addon keeps of it for each environment.
struct Toolchains {
  explicit Toolchains(Napi::Env env);
  // Adds its part to the export table.
  void Describe(Napi::Env env, Napi::Object exports);

  Napi::FunctionReference toolchain_class, library_class;
};

// A library of bodies. It stays loaded when this is collected.
class LibraryObject : public Napi::ObjectWrap<LibraryObject> {
 public:
  using Info = const Napi::CallbackInfo &;

  static Napi::Function Define(Napi::Env env);
  explicit LibraryObject(Info info);
  // Null when it is no library.
  static const ctz_bodies *Read(Napi::Value value);

 private:
  Napi::Value Has(Info info);

  const ctz_bodies *bodies_ = nullptr;
};

// Out of a NativeLibrary, or a library by its path; `columns`, if asked for, is null where there is none. False with an
// Error pending that says why.
bool LoadBody(Napi::Value library, Napi::Value symbol, ctz_body *body, ctz_column_body *columns = nullptr);

// A helper thread of this environment. What runs is killed when the environment ends.
class ToolchainObject : public Napi::ObjectWrap<ToolchainObject> {
 public:
  using Info = const Napi::CallbackInfo &;

  static Napi::Function Define(Napi::Env env);
  explicit ToolchainObject(Info info);
  ~ToolchainObject() override { End(); }

 private:
  void Run(Info info);
  void Close(Info) { End(); }
  void End();
  static void OnEnvironmentEnd(void *self) { static_cast<ToolchainObject *>(self)->End(); }
  static void OnEventLoop(napi_env env, napi_value ended, void *self, void *job);

  const napi_env env_;
  ctz_toolchain *toolchain_ = nullptr;            // null when it is closed
  napi_threadsafe_function handle_ = nullptr;     // the helper thread calls it; closed when that is gone
};
