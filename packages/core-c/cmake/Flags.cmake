# catzilla_flags: an INTERFACE target with what every file of ours is compiled with. Users' builds show warnings; in our
# presets (CATZILLA_WERROR) they fail.
add_library(catzilla_flags INTERFACE)

target_compile_options(catzilla_flags INTERFACE
  # a * b + c gives the same bits here as in JavaScript: no fused multiply-add
  -ffp-contract=off
  # of kernels there is -O3 afterwards; the rest gains nothing from it
  $<$<CONFIG:Release>:-O2>
  -Wall -Wextra -Wpedantic -Wshadow
  $<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes>
  $<$<COMPILE_LANGUAGE:C>:-Wmissing-prototypes>
  -ffunction-sections -fdata-sections
  $<$<BOOL:${CATZILLA_WERROR}>:-Werror>)
target_compile_definitions(catzilla_flags INTERFACE CTZ_VERSION="${CATZILLA_VERSION}")

if(WIN32)
  # Windows 10, as Node asks for; printf as C has it; and no library beside those that every Windows has
  target_compile_definitions(catzilla_flags INTERFACE _WIN32_WINNT=0x0A00 __USE_MINGW_ANSI_STDIO=1)
  target_link_options(catzilla_flags INTERFACE -static)
endif()

if(CATZILLA_SANITIZE)
  string(REPLACE ";" "," _sanitizers "${CATZILLA_SANITIZE}")
  target_compile_options(catzilla_flags INTERFACE
    -fsanitize=${_sanitizers} -fno-omit-frame-pointer -fno-sanitize-recover=undefined -g)
  target_link_options(catzilla_flags INTERFACE -fsanitize=${_sanitizers})
  if(CMAKE_C_COMPILER_ID STREQUAL "GNU" AND CATZILLA_SANITIZE MATCHES "thread")
    # gcc warns wherever a fence stands, because its thread sanitizer does not see them.
    target_compile_options(catzilla_flags INTERFACE -Wno-tsan)
  endif()
endif()
