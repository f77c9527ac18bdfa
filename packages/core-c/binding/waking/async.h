// Handles by which any thread wakes an event loop: async handles of libuv. A threadsafe function of Node-API would send
// its wake under a lock that the woken thread wants at once, so that it goes to sleep once more. Node-API hands out its
// loop, and the few functions are looked up in the program: a host may be without libuv.
#pragma once

#include <napi.h>

struct Async;

// On the event loop, in a scope of its own: what it leaves in the queue of microtasks runs right after it.
using AsyncHeard = void (*)(napi_env env, void *listener);

// A handle that does not keep the event loop alive, to be closed before the environment has ended; null where there is
// no libuv.
Async *AsyncOpen(napi_env env, const char *name, AsyncHeard heard, void *listener);
bool AsyncIsThere();
// Any thread, while it is open: several may be heard as one.
bool AsyncSend(Async *async);
void AsyncKeepLoopAlive(Async *async, bool on);
// The thread of its environment: nothing is heard from now on.
void AsyncClose(Async *async);
// Calls a function without arguments; what it throws is an uncaught exception like any other.
void CallBack(napi_env env, napi_ref function);
