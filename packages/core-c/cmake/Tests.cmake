# Every file of ctest/{unit,model,stress,fuzz} is one program, one test of ctest and has its folder as label. A test that
# exits with 77 counts as skipped.
enable_testing()

# Every file of ctest/example is one library of kernels as a user would write it, with the public headers and nothing
# else. Tests find example_kernels.c as CTZ_EXAMPLE_LIBRARY, another, such as bad_abi.c, as CTZ_BAD_ABI_LIBRARY.
add_library(catzilla_examples INTERFACE)
file(GLOB _examples CONFIGURE_DEPENDS ctest/example/*.c)
foreach(_source ${_examples})
  get_filename_component(_name ${_source} NAME_WE)
  add_library(${_name} MODULE ${_source})
  set_target_properties(${_name} PROPERTIES PREFIX "" SUFFIX .so)
  target_include_directories(${_name} PRIVATE include)
  target_link_libraries(${_name} PRIVATE catzilla_flags m)
  if(MINGW)
    target_link_libraries(${_name} PRIVATE Threads::Threads)  # it has nanosleep
  endif()
  string(TOUPPER ${_name} _upper)
  string(REPLACE EXAMPLE_KERNELS EXAMPLE _upper ${_upper})
  target_compile_definitions(catzilla_examples INTERFACE CTZ_${_upper}_LIBRARY="$<TARGET_FILE:${_name}>")
  add_dependencies(catzilla_examples ${_name})
endforeach()

function(catzilla_test kind source)
  get_filename_component(_name ${source} NAME_WE)
  set(_target ${kind}_${_name})
  add_executable(${_target} ${source})
  target_include_directories(${_target} PRIVATE ctest)
  if(kind STREQUAL "model")
    # It includes the sources under test, with atomics that the model steers.
    target_compile_definitions(${_target} PRIVATE CTZ_MODEL)
    target_include_directories(${_target} PRIVATE include csrc)
    target_link_libraries(${_target} PRIVATE catzilla_flags Threads::Threads ${CMAKE_DL_LIBS} m)
  else()
    target_link_libraries(${_target} PRIVATE catzilla_core catzilla_flags catzilla_examples)
  endif()
  # Only a hang takes so long, also under a sanitizer on a machine that has twenty times more to do.
  set(_timeout 1200)
  if(kind MATCHES "^(unit|model)$")
    set(_timeout 600)
  endif()
  add_test(NAME ${kind}/${_name} COMMAND ${_target})
  set_tests_properties(${kind}/${_name} PROPERTIES LABELS ${kind} TIMEOUT ${_timeout} SKIP_RETURN_CODE 77)
endfunction()

foreach(_kind unit model stress fuzz)
  file(GLOB _sources CONFIGURE_DEPENDS ctest/${_kind}/*.c)
  if(WIN32)
    # There is no fork and no toolchain; and what models and fuzzing find they find on every system.
    list(FILTER _sources EXCLUDE REGEX "/(unit/(fork|toolchain)_test|(model|fuzz)/[a-z_]+)[.]c$")
  endif()
  foreach(_source ${_sources})
    catzilla_test(${_kind} ${_source})
  endforeach()
endforeach()
