# catzilla_alloc: an INTERFACE target with the allocator that csrc/memory/allocator.c calls. It never replaces malloc of
# the process. CATZILLA_ALLOC is one of
#   system    malloc of the process, whichever that is; what is published is built like this
#   jemalloc  only one that dlopen can load: those of distributions keep 2.6 kB of thread-local storage of the
#             initial-exec kind, and glibc has 1.6 kB of it left once Node runs
#   mimalloc  found by its own CMake configuration
#   auto      jemalloc if it can be used, else mimalloc if it is there, else system
add_library(catzilla_alloc INTERFACE)
set(_allocator system)

if(NOT CATZILLA_ALLOC MATCHES "^(auto|system|jemalloc|mimalloc)$")
  message(FATAL_ERROR "CATZILLA_ALLOC is auto, system, jemalloc or mimalloc, not ${CATZILLA_ALLOC}")
endif()

if(CATZILLA_ALLOC MATCHES "^(auto|jemalloc)$")
  find_path(JEMALLOC_INCLUDE jemalloc/jemalloc.h)
  find_library(JEMALLOC_LIB NAMES jemalloc)
  if(JEMALLOC_INCLUDE AND JEMALLOC_LIB AND NOT DEFINED CATZILLA_JEMALLOC_DLOPEN)
    if(CMAKE_CROSSCOMPILING OR JEMALLOC_LIB MATCHES "\\.a$")
      set(CATZILLA_JEMALLOC_DLOPEN 1 CACHE STRING "Exit code of the dlopen probe: 0 when jemalloc can be used")
    else()
      try_run(CATZILLA_JEMALLOC_DLOPEN _compiled ${CMAKE_BINARY_DIR}/probe ${CMAKE_CURRENT_LIST_DIR}/dlopen_probe.c
        LINK_LIBRARIES ${CMAKE_DL_LIBS} ARGS ${JEMALLOC_LIB})
    endif()
  endif()
  if(JEMALLOC_INCLUDE AND JEMALLOC_LIB AND CATZILLA_JEMALLOC_DLOPEN EQUAL 0)
    set(_allocator jemalloc)
    target_include_directories(catzilla_alloc SYSTEM INTERFACE ${JEMALLOC_INCLUDE})
    target_link_libraries(catzilla_alloc INTERFACE ${JEMALLOC_LIB})
    target_compile_definitions(catzilla_alloc INTERFACE CTZ_ALLOC_JEMALLOC)
  elseif(CATZILLA_ALLOC STREQUAL "jemalloc")
    message(FATAL_ERROR "CATZILLA_ALLOC=jemalloc, but there is no jemalloc that dlopen can load "
      "(one built with --disable-initial-exec-tls can be)")
  endif()
endif()

if(_allocator STREQUAL "system" AND CATZILLA_ALLOC MATCHES "^(auto|mimalloc)$")
  find_package(mimalloc CONFIG QUIET)
  if(mimalloc_FOUND)
    set(_allocator mimalloc)
    target_link_libraries(catzilla_alloc INTERFACE mimalloc)
    target_compile_definitions(catzilla_alloc INTERFACE CTZ_ALLOC_MIMALLOC)
  elseif(CATZILLA_ALLOC STREQUAL "mimalloc")
    message(FATAL_ERROR "CATZILLA_ALLOC=mimalloc, but mimalloc was not found")
  endif()
endif()
message(STATUS "catzilla: allocator ${_allocator}")
