// Programs as JavaScript holds them: `NativePrograms` and `NativeProgram` of src/native-programs.ts. A program that is
// called here runs on the calling thread.
#pragma once

#include <napi.h>

#include <memory>
#include <set>
#include <string>

#include "ctz/opcodes.h"
#include "ctz/programs.h"

// What the addon keeps of programs for each environment.
struct Programs {
  explicit Programs(Napi::Env env);
  // The object `programs` of the export table.
  Napi::Object Describe(Napi::Env env);

  Napi::FunctionReference program_class;
  Napi::ObjectReference bailed;  // what call answers when the program has given up
  Napi::FunctionReference math_test;  // asked once for each function of Math that a program needs
  std::set<std::string> tested;
  ctz_math math = {};
  std::unique_ptr<ctz_solo, void (*)(ctz_solo *)> solo;
};

struct CloseProgram {
  void operator()(ctz_program *program) const { ctz_program_close(program); }
};
using OpenedProgram = std::unique_ptr<ctz_program, CloseProgram>;

Programs &ProgramsOf(Napi::Env env);
// The part of the object `programs` that is in math_choice.cc.
void DescribeMath(Napi::Env env, Napi::Object object);

// Has what the bytes need of Math tested, then opens them; null with an Error pending that says what is wrong.
OpenedProgram OpenProgram(Napi::Env env, Napi::Value bytes);

class ProgramObject : public Napi::ObjectWrap<ProgramObject> {
 public:
  using Info = const Napi::CallbackInfo &;

  static Napi::Function Define(Napi::Env env);
  explicit ProgramObject(Info info);

 private:
  Napi::Value Signature(Info info);
  Napi::Value Call(Info info);
  void UseBody(Info info);
  Napi::Value LastBail(Info info);

  OpenedProgram program_;
  ctz_body body_ = nullptr;  // null: interpreted
  ctz_bail bail_ = {};
};
