# The few words a room's CMakeLists.txt is written in. In all of them:
#   SOURCES       files, one a line; while there are none the target is an empty shell
#   ROOMS         rooms used: `ledger` is the library packledger_ledger
#   VENDORS       vendor targets nobody else sees
#   PRECOMPILE    heavy vendor headers to precompile, e.g. <boost/asio.hpp>
include(GoogleTest)

function(packledger_compile target)
  target_link_libraries(${target} PRIVATE packledger_own_code)
  if(PACKLEDGER_PRECOMPILE AND ARGN)
    target_precompile_headers(${target} PRIVATE ${ARGN})
  endif()
endfunction()

# packledger_room(store SOURCES ... ROOMS ledger engine wire VENDORS RocksDB::rocksdb)
# A static library. SHARED_VENDORS are vendors whose types the room's headers show (Asio only).
function(packledger_room name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;ROOMS;VENDORS;SHARED_VENDORS;PRECOMPILE")
  list(TRANSFORM arg_ROOMS PREPEND packledger_)
  set(includes ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
  if(NOT arg_SOURCES)
    add_library(packledger_${name} INTERFACE)
    target_include_directories(packledger_${name} INTERFACE ${includes})
    target_link_libraries(packledger_${name} INTERFACE ${arg_ROOMS} ${arg_SHARED_VENDORS})
    return()
  endif()
  add_library(packledger_${name} STATIC ${arg_SOURCES})
  target_include_directories(packledger_${name} PUBLIC ${includes})
  target_link_libraries(packledger_${name}
    PUBLIC ${arg_ROOMS} ${arg_SHARED_VENDORS} PRIVATE ${arg_VENDORS})
  packledger_compile(packledger_${name} ${arg_PRECOMPILE})
endfunction()

# packledger_program(packledgerd SOURCES main.cpp ROOMS app)
function(packledger_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;ROOMS;VENDORS;PRECOMPILE")
  if(NOT arg_SOURCES)
    return()
  endif()
  list(TRANSFORM arg_ROOMS PREPEND packledger_)
  add_executable(${name} ${arg_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${arg_ROOMS} ${arg_VENDORS})
  packledger_compile(${name} ${arg_PRECOMPILE})
endfunction()

# packledger_test(ledger SOURCES money_test.cpp ... ROOMS ledger)
# One GoogleTest program, ledger_test; ctest knows every case by its own name and runs each in a
# process of its own, possibly side by side: a test that needs a directory makes a fresh one.
# TIMEOUT is in seconds for one case, 60 unless told. PROGRAMS are built before: the test finds
# them in PACKLEDGER_BIN_DIR.
function(packledger_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT" "SOURCES;ROOMS;VENDORS;PROGRAMS;PRECOMPILE")
  if(NOT arg_SOURCES)
    return()
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 60)
  endif()
  packledger_program(${name}_test SOURCES ${arg_SOURCES} ROOMS ${arg_ROOMS}
    VENDORS ${arg_VENDORS} GTest::gmock GTest::gtest_main PRECOMPILE ${arg_PRECOMPILE})
  target_compile_definitions(${name}_test PRIVATE
    PACKLEDGER_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
    PACKLEDGER_BIN_DIR="${CMAKE_RUNTIME_OUTPUT_DIRECTORY}")
  if(arg_PROGRAMS)
    add_dependencies(${name}_test ${arg_PROGRAMS})
  endif()
  gtest_discover_tests(${name}_test DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
    TEST_PREFIX "${name}: " NO_PRETTY_VALUES
    PROPERTIES TIMEOUT ${arg_TIMEOUT} LABELS ${name})
endfunction()

# packledger_messages(packledger_proto packledger/v1/entry.proto ...)
# Generated protobuf code as a library of its own, without our warnings.
function(packledger_messages target)
  if(NOT ARGN)
    add_library(${target} INTERFACE)
    return()
  endif()
  set(out ${PROJECT_BINARY_DIR}/generated)
  list(TRANSFORM ARGN REPLACE "(.+)\\.proto$" "${out}/\\1.pb.cc" OUTPUT_VARIABLE sources)
  list(TRANSFORM ARGN REPLACE "(.+)\\.proto$" "${out}/\\1.pb.h" OUTPUT_VARIABLE headers)
  file(MAKE_DIRECTORY ${out})
  add_custom_command(
    OUTPUT ${sources} ${headers}
    COMMAND protobuf::protoc --proto_path=${CMAKE_CURRENT_SOURCE_DIR} --cpp_out=${out} ${ARGN}
    WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}
    DEPENDS ${ARGN}
    COMMENT "Generating protobuf code" VERBATIM)
  add_library(${target} STATIC ${sources} ${headers})
  target_compile_options(${target} PRIVATE -w)
  target_include_directories(${target} SYSTEM PUBLIC ${out})
  target_link_libraries(${target} PUBLIC protobuf::libprotobuf)
endfunction()
