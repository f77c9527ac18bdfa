// Can the library named by the first argument be loaded into a running process? Exits 0 when it can.
#include <dlfcn.h>
#include <stdio.h>

int main(int argc, char **argv) {
  if (argc == 2 && dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) != NULL) return 0;
  fprintf(stderr, "%s\n", argc == 2 ? dlerror() : "usage: dlopen_probe LIBRARY");
  return 1;
}
