# core.node: the addon, as cmake-js asks for it. Node-API 8 only: one binary for every Node from 20 on.
file(GLOB_RECURSE _binding CONFIGURE_DEPENDS binding/*.cc)
if(NOT WIN32)
  list(FILTER _binding EXCLUDE REGEX "/binding/windows/")
endif()
add_library(core_node SHARED ${_binding})
set_target_properties(core_node PROPERTIES PREFIX "" SUFFIX ".node" OUTPUT_NAME core)
target_include_directories(core_node SYSTEM PRIVATE ${CMAKE_JS_INC})
target_include_directories(core_node PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
# UNTHROWABLE: in an isolate that is being terminated every call fails and nothing can be thrown; that is no reason to abort.
target_compile_definitions(core_node PRIVATE
  NAPI_VERSION=8 NODE_ADDON_API_DISABLE_CPP_EXCEPTIONS NODE_ADDON_API_DISABLE_DEPRECATED
  NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS)
target_compile_options(core_node PRIVATE -fno-exceptions -fno-rtti)
target_link_libraries(core_node PRIVATE catzilla_core catzilla_flags)
# A task passes through some thirty short functions of a dozen files: what a user gets is optimized over all of them.
include(CheckIPOSupported)
check_ipo_supported(RESULT _whole_program LANGUAGES C CXX OUTPUT _why_not)
if(_whole_program)
  set_target_properties(catzilla_core core_node PROPERTIES INTERPROCEDURAL_OPTIMIZATION_RELEASE ON)
else()
  message(STATUS "without optimization over all files: ${_why_not}")
endif()
if(WIN32)
  include(cmake/WindowsHost.cmake)
  target_link_options(core_node PRIVATE -Wl,--gc-sections $<$<CONFIG:Release>:-Wl,-s>)
endif()
if(APPLE)
  target_link_options(core_node PRIVATE -undefined dynamic_lookup)
endif()
if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  # Threads of the engine may outlive the isolate that loaded it: Node must not unload their code under them.
  target_link_options(core_node PRIVATE -Wl,-z,nodelete)
  # libstdc++ stays dynamic, as Node needs it anyway: linked statically it would ask for a newer glibc.
  target_link_options(core_node PRIVATE -Wl,--exclude-libs,ALL -Wl,--gc-sections $<$<CONFIG:Release>:-Wl,-s>)
endif()
