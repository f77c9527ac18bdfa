// A fork is the process's, and so is this list: the one thing that does not hang off an engine.
#include "engine/forked.h"

#if defined(_WIN32)

// there is no fork
bool ctz_forked_watch(ctz_engine *engine) { return engine != NULL; }
void ctz_forked_unwatch(ctz_engine *engine) { (void)engine; }

#else

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static ctz_engine *first;  // under lock
static bool handled;       // written once, by `once`

// So that the list is whole in the child.
static void before_fork(void) { pthread_mutex_lock(&lock); }
static void in_parent(void) { pthread_mutex_unlock(&lock); }

// A thread that is gone may have held a lock, or waited on a condition, which could not even be destroyed then: new
// ones take their place. Nothing here asks for memory: a fork for the sake of exec comes through as well.
static void abandon(ctz_engine *engine) {
  engine->forked = true;
  atomic_store_explicit(&engine->life, CTZ_LIFE_STOPPED, memory_order_relaxed);
  for (uint32_t i = 0; i < CTZ_MAX_WORKERS / 64; i++) {
    atomic_store_explicit(&engine->parked_bits[i], 0, memory_order_relaxed);
  }
  ctz_engine_init_locks(engine);
}

static void in_child(void) {
  for (ctz_engine *engine = first; engine != NULL; engine = engine->next) abandon(engine);
  pthread_mutex_unlock(&lock);
}

static void handle(void) { handled = pthread_atfork(before_fork, in_parent, in_child) == 0; }

bool ctz_forked_watch(ctz_engine *engine) {
  if (pthread_once(&once, handle) != 0 || !handled) return false;
  pthread_mutex_lock(&lock);
  engine->next = first;
  engine->link = &first;
  if (first != NULL) first->link = &engine->next;
  first = engine;
  pthread_mutex_unlock(&lock);
  return true;
}

void ctz_forked_unwatch(ctz_engine *engine) {
  if (engine->link == NULL) return;
  pthread_mutex_lock(&lock);
  *engine->link = engine->next;
  if (engine->next != NULL) engine->next->link = engine->link;
  pthread_mutex_unlock(&lock);
}

#endif
