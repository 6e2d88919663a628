# add_service(NAME gateway SOURCES a.c b.c LIBS PkgConfig::X)
#   <name>_core: a static library of everything but main.c, which the tests link;
#   parley-<name>: the program.
function(add_service)
  cmake_parse_arguments(S "" "NAME" "SOURCES;LIBS" ${ARGN})
  string(REPLACE "-" "_" core ${S_NAME}_core)
  add_library(${core} STATIC ${S_SOURCES})
  target_include_directories(${core} PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(${core} PUBLIC common project_options PRIVATE ${S_LIBS})
  add_executable(parley-${S_NAME} main.c)
  target_link_libraries(parley-${S_NAME} PRIVATE ${core})
  set_target_properties(parley-${S_NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
  install(TARGETS parley-${S_NAME} RUNTIME DESTINATION bin)
endfunction()
