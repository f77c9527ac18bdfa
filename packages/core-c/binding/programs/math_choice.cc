// Which code computes the functions of Math: tried and chosen from JavaScript, which knows what is exact.
#include "binding/reader.h"
#include "program_object.h"

static bool ReadName(Napi::Value value, std::string *name) {
  if (!value.IsString()) return ThrowMisfit(napi_throw_type_error, "name", "a string", value);
  *name = value.As<Napi::String>().Utf8Value();
  return true;
}

static Napi::Value MathCandidates(const Napi::CallbackInfo &info) {
  std::string name;
  if (!ReadName(info[0], &name)) return Napi::Value();
  return Napi::Number::New(info.Env(), ctz_math_candidates(name.c_str()));
}

// Pairs of arguments are replaced by results, in the first of each pair.
static Napi::Value TryMath(const Napi::CallbackInfo &info) {
  std::string name;
  uint32_t candidate = 0;
  if (!ReadName(info[0], &name) || !ReadNumber(info[1], "candidate", 0, UINT32_MAX, &candidate)) return Napi::Value();
  if (!info[2].IsTypedArray() || info[2].As<Napi::TypedArray>().TypedArrayType() != napi_float64_array)
    return ThrowMisfit(napi_throw_type_error, "pairs", "a Float64Array", info[2]);
  Napi::Float64Array pairs = info[2].As<Napi::Float64Array>();
  ctz_math math = {};
  if (!ctz_math_set(&math, name.c_str(), candidate)) return Napi::Boolean::New(info.Env(), false);
  for (size_t i = 0; i + 1 < pairs.ElementLength(); i += 2)
    pairs[i] = ctz_math_call(&math, name.c_str(), pairs[i], pairs[i + 1]);
  return Napi::Boolean::New(info.Env(), true);
}

static void ChooseMath(const Napi::CallbackInfo &info) {
  std::string name;
  uint32_t candidate = 0;
  if (ReadName(info[0], &name) && ReadNumber(info[1], "candidate", 0, UINT32_MAX, &candidate))
    ctz_math_set(&ProgramsOf(info.Env()).math, name.c_str(), candidate);
}

static void TestMathBy(const Napi::CallbackInfo &info) {
  if (info[0].IsFunction())
    ProgramsOf(info.Env()).math_test = Napi::Persistent(info[0].As<Napi::Function>());
  else
    ThrowMisfit(napi_throw_type_error, "test", "a function", info[0]);
}

void DescribeMath(Napi::Env env, Napi::Object object) {
  Napi::Array names = Napi::Array::New(env);
#define NAME(name, arguments) names.Set(names.Length(), #name);
  CTZ_MATH(NAME)
#undef NAME
  object.Set("mathNames", names);
  object.Set("mathCandidates", Napi::Function::New<MathCandidates>(env, "mathCandidates"));
  object.Set("tryMath", Napi::Function::New<TryMath>(env, "tryMath"));
  object.Set("chooseMath", Napi::Function::New<ChooseMath>(env, "chooseMath"));
  object.Set("testMathBy", Napi::Function::New<TestMathBy>(env, "testMathBy"));
}
