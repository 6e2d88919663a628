# One interface target carries the language, the warnings, the hardening and the sanitizers to every target.
set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
endif()

add_library(project_options INTERFACE)
target_compile_definitions(project_options INTERFACE _GNU_SOURCE)
target_compile_options(project_options INTERFACE
  -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition
  -Wformat=2 -Wno-format-zero-length -Wpointer-arith -Wwrite-strings -Wundef -Wvla -Wcast-qual -Wswitch-enum
  -fstack-protector-strong -fno-common -fno-strict-aliasing)
target_link_options(project_options INTERFACE -Wl,-z,relro,-z,now,-z,noexecstack -pie)

if(PARLEY_FAILPOINTS)
  target_compile_definitions(project_options INTERFACE PARLEY_FAILPOINTS)
endif()

if(PARLEY_SANITIZE)
  # A target with the property PARLEY_PLAIN has none: the decoder, whose sandbox leaves a sanitizer neither the memory nor
  # the calls it needs, and which is tested as people run it.
  set(sanitized $<NOT:$<BOOL:$<TARGET_PROPERTY:PARLEY_PLAIN>>>)
  target_compile_options(project_options INTERFACE
    $<${sanitized}:-fsanitize=address,undefined> $<${sanitized}:-fno-sanitize-recover=all> -fno-omit-frame-pointer)
  target_link_options(project_options INTERFACE $<${sanitized}:-fsanitize=address,undefined>)
else()
  # FORTIFY needs optimisation, and does not go with the sanitizers.
  target_compile_options(project_options INTERFACE
    $<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE> $<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=2>)
endif()
