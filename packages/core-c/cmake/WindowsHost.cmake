# catzilla_host: the symbols of Node-API, imported when they are first called, from the program that has loaded the addon
# (binding/windows/host.cc). Their list comes with node-api-headers, whose headers cmake-js names in CMAKE_JS_INC.
list(TRANSFORM CMAKE_JS_INC APPEND /../def OUTPUT_VARIABLE _beside)
find_file(NODE_API_DEF node_api.def HINTS ${_beside} NO_DEFAULT_PATH REQUIRED)
if(NOT CMAKE_DLLTOOL)
  message(FATAL_ERROR "there is no dlltool, which comes with MinGW-w64")
endif()

set(_import ${CMAKE_CURRENT_BINARY_DIR}/libnode_late.a)
add_custom_command(OUTPUT ${_import} DEPENDS ${NODE_API_DEF} VERBATIM
  COMMAND ${CMAKE_DLLTOOL} --input-def ${NODE_API_DEF} --dllname node.exe --output-delaylib ${_import})
add_custom_target(catzilla_host_library DEPENDS ${_import})
add_library(catzilla_host INTERFACE)
add_dependencies(catzilla_host catzilla_host_library)
target_link_libraries(catzilla_host INTERFACE ${_import})

# Where a DLL goes is told differently by cmake-js on Windows and elsewhere; it belongs where every addon does.
set_target_properties(core_node PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/$<CONFIG>)
# what cmake-js tells the linker of MSVC
string(REPLACE "/DELAYLOAD:NODE.EXE" "" CMAKE_SHARED_LINKER_FLAGS "${CMAKE_SHARED_LINKER_FLAGS}")
target_link_libraries(core_node PRIVATE catzilla_host)
