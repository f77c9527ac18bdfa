#include "toolchain_object.h"

#include <memory>
#include <string>
#include <vector>

#include "binding/reader.h"

// Its strings live as long as it does: from Run until its end was told.
struct Job : ctz_job {
  std::string file_text;
  std::vector<std::string> argument_texts, environment_texts;
  std::vector<const char *> argument_list, environment_list;
  napi_threadsafe_function handle = nullptr;
  uint64_t id = 0;
};

static bool ReadText(Napi::Value value, const char *what, std::string *out) {
  if (!value.IsString()) return ThrowMisfit(napi_throw_type_error, what, "a string", value);
  *out = value.As<Napi::String>().Utf8Value();
  if (out->find('\0') == std::string::npos) return true;
  return ThrowMisfit(napi_throw_type_error, what, "a string without a NUL", value);
}

static bool ReadTexts(Napi::Value value, const char *what, std::vector<std::string> *texts,
                      std::vector<const char *> *list) {
  if (!value.IsArray()) return ThrowMisfit(napi_throw_type_error, what, "an Array", value);
  const Napi::Array array = value.As<Napi::Array>();
  texts->resize(array.Length());
  for (uint32_t i = 0; i < texts->size(); i++)
    if (!ReadText(array.Get(i), what, &(*texts)[i])) return false;
  for (const std::string &text : *texts) list->push_back(text.c_str());
  list->push_back(nullptr);
  return true;
}

static bool ReadJob(Napi::Value value, Job *job) {
  if (!value.IsObject()) return ThrowMisfit(napi_throw_type_error, "job", "an object", value);
  const Napi::Object object = value.As<Napi::Object>();
  const bool read = ReadNumber(object.Get("id"), "job.id", 0, kMaxSafeInteger, &job->id) &&
                    ReadText(object.Get("file"), "job.file", &job->file_text) &&
                    ReadTexts(object.Get("args"), "job.args", &job->argument_texts, &job->argument_list) &&
                    ReadTexts(object.Get("env"), "job.env", &job->environment_texts, &job->environment_list) &&
                    ReadNumber(object.Get("timeoutMs"), "job.timeoutMs", 0, UINT32_MAX, &job->timeout_ms);
  job->file = job->file_text.c_str();
  job->arguments = job->argument_list.data();
  job->environment = job->environment_list.data();
  return read && !value.Env().IsExceptionPending();
}

static const char *NameOf(ctz_job_end end) {
  switch (end) {
    case CTZ_JOB_EXITED:
      return "exited";
    case CTZ_JOB_SIGNALLED:
      return "signalled";
    case CTZ_JOB_TIMED_OUT:
      return "timed out";
    case CTZ_JOB_STOPPED:
      return "stopped";
    case CTZ_JOB_NOT_STARTED:
      return "not started";
    case CTZ_JOB_LOST:
      return "lost";
  }
  return "lost";
}

Napi::Function ToolchainObject::Define(Napi::Env env) {
  return DefineClass(env, "NativeToolchain",
                     {InstanceMethod<&ToolchainObject::Run>("run"), InstanceMethod<&ToolchainObject::Close>("close")});
}

ToolchainObject::ToolchainObject(Info info) : Napi::ObjectWrap<ToolchainObject>(info), env_(info.Env()) {
  if (!info[0].IsFunction()) {
    ThrowMisfit(napi_throw_type_error, "ended", "a function", info[0]);
    return;
  }
  if (napi_create_threadsafe_function(env_, info[0], nullptr, Napi::String::New(env_, "catzilla:toolchain"), 0, 1,
                                      nullptr, nullptr, this, &OnEventLoop, &handle_) == napi_ok) {
    napi_unref_threadsafe_function(env_, handle_);
    // after the handle, whose own hook Node calls later for that
    napi_add_env_cleanup_hook(env_, &OnEnvironmentEnd, this);
    toolchain_ = ctz_toolchain_create();
  }
  if (toolchain_ == nullptr) {
    const char *missing = ctz_toolchain_missing();
    ThrowStatus(env_, CTZ_SYSTEM, missing == nullptr ? "" : missing);
  }
}

void ToolchainObject::Run(Info info) {
  auto job = std::make_unique<Job>();
  if (!ReadJob(info[0], job.get())) return;
  if (toolchain_ == nullptr) {
    ThrowStatus(env_, CTZ_CLOSED, "the toolchain is closed");
    return;
  }
  job->handle = handle_;
  job->ended = [](ctz_job *ended) {
    auto *own = static_cast<Job *>(ended);
    if (napi_call_threadsafe_function(own->handle, own, napi_tsfn_nonblocking) != napi_ok) delete own;
  };
  const ctz_status status = ctz_toolchain_run(toolchain_, job.get());
  if (status == CTZ_OK)
    static_cast<void>(job.release());  // until OnEventLoop
  else
    ThrowStatus(env_, status, status == CTZ_FULL ? "too many jobs wait" : "");
}

// `env` is null when the handle closes with ends in its queue; the object may be gone by then.
void ToolchainObject::OnEventLoop(napi_env env, napi_value ended, void *, void *data) {
  const std::unique_ptr<Job> job(static_cast<Job *>(data));
  if (env == nullptr) return;
  const Napi::Env own(env);
  Napi::Object result = Napi::Object::New(own);
  result.Set("end", NameOf(job->end));
  result.Set("number", job->number);
  result.Set("ms", job->milliseconds);
  result.Set("output", Napi::Buffer<char>::Copy(own, job->output, job->output_length));
  const napi_value arguments[] = {Napi::Number::New(own, static_cast<double>(job->id)), result};
  napi_value error = nullptr;
  if (napi_call_function(env, own.Undefined(), ended, 2, arguments, nullptr) != napi_pending_exception) return;
  // Node only warns about what a callback of an addon throws; it shall be an uncaught exception like any other
  napi_get_and_clear_last_exception(env, &error);
  napi_fatal_exception(env, error);
}

void ToolchainObject::End() {
  if (handle_ == nullptr) return;
  napi_remove_env_cleanup_hook(env_, &OnEnvironmentEnd, this);
  // when it returns nobody else has the handle
  ctz_toolchain_close(toolchain_);
  toolchain_ = nullptr;
  napi_release_threadsafe_function(handle_, napi_tsfn_abort);
  handle_ = nullptr;
}
