# How our own code is compiled and linked. The presets choose; this file knows the flags.
option(PACKLEDGER_HARDEN "Build with the hardening flags of a shipped daemon" OFF)
option(PACKLEDGER_FUZZ "Build packledger_fuzz for libFuzzer; needs clang" OFF)
option(PACKLEDGER_COVERAGE "Count what our own code runs through; needs clang" OFF)
option(PACKLEDGER_PRECOMPILE "Precompile the heavy vendor headers a room names" OFF)
set(PACKLEDGER_SANITIZE "" CACHE STRING "What -fsanitize= is given; empty for none")

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)  # for clang-tidy
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)

find_program(PACKLEDGER_CCACHE ccache)
if(PACKLEDGER_CCACHE)
  # A precompiled header is cached only when ccache may trust its macros and times.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${PACKLEDGER_CCACHE})
endif()

find_program(PACKLEDGER_MOLD mold)
if(PACKLEDGER_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

if(PACKLEDGER_SANITIZE)
  add_compile_options(-fsanitize=${PACKLEDGER_SANITIZE} -fno-sanitize-recover=all
                      -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${PACKLEDGER_SANITIZE})
endif()

if(PACKLEDGER_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# Checked containers in every build: an index out of range stops the daemon, it does not corrupt it.
add_compile_definitions(_GLIBCXX_ASSERTIONS)

if(PACKLEDGER_HARDEN)
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong
                      -fstack-clash-protection)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64|amd64")
    add_compile_options(-fcf-protection=full)
  endif()
  add_link_options(-pie -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack)
endif()

# Linked by every target that holds our own code; generated code goes without.
add_library(packledger_own_code INTERFACE)
target_compile_options(packledger_own_code INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wcovered-switch-default -Wnon-virtual-dtor
  -Werror "SHELL:-Xclang -fno-pch-timestamp" -fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=)

# Counters are put in before the optimiser sees the code, so that every branch of the source has one.
if(PACKLEDGER_COVERAGE)
  target_compile_options(packledger_own_code INTERFACE -fprofile-instr-generate -fprofile-update=atomic
    -fcoverage-mapping)
  add_link_options(-fprofile-instr-generate)
endif()
