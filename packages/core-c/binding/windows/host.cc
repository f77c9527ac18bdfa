// What Linux is told by `-z nodelete` and by symbols that are looked for when they are called. Node-API is imported
// late from "node.exe" (cmake/WindowsHost.cmake): the program may have another name (electron.exe), or be a library
// (node.dll).
#include <node_api.h>
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
// after it
#include <delayimp.h>
#include <string.h>

// Gives the module instead of the file with that name; null: as usual.
static FARPROC WINAPI FindHost(unsigned event, PDelayLoadInfo about) {
  if (event != dliNotePreLoadLibrary || _stricmp(about->szDll, "node.exe") != 0) return nullptr;
  HMODULE library = GetModuleHandleW(L"node.dll");
  return reinterpret_cast<FARPROC>(library != nullptr ? library : GetModuleHandleW(nullptr));
}

PfnDliHook __pfnDliNotifyHook2 = FindHost;

static const struct AtLoad {
  AtLoad() {
    HMODULE self = nullptr;
    // threads of the engine may outlive the isolate that loaded it: Node must not unload their code under them
    GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_PIN | GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS,
                       reinterpret_cast<LPCWSTR>(&FindHost), &self);
    // what finds a function when it is first called loses arguments of type double: so that is not the first call
    napi_create_double(nullptr, 0, nullptr);
  }
} at_load;
