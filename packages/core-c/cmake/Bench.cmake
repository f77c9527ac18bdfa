# Every file of bench/ is one program.
file(GLOB _benchmarks CONFIGURE_DEPENDS bench/*.c)
foreach(_source ${_benchmarks})
  get_filename_component(_name ${_source} NAME_WE)
  add_executable(bench_${_name} ${_source})
  target_link_libraries(bench_${_name} PRIVATE catzilla_core catzilla_flags)
endforeach()
