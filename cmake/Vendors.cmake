# What comes from the system. Each vendor is linked only by the room that owns it.
set(Boost_NO_WARN_NEW_VERSIONS ON)
find_package(Boost 1.81 REQUIRED COMPONENTS json url)
find_package(CLI11 REQUIRED)
find_package(GTest REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(Protobuf 3.21 REQUIRED)
find_package(RocksDB 7.8 REQUIRED)
# Debian's RocksDB was built without ThreadSanitizer, which takes what its threads share for races.
# As a module of its own it can be told to look at our code only (CMakePresets.json).
set(rocksdb RocksDB::rocksdb)
if(PACKLEDGER_SANITIZE STREQUAL "thread")
  set(rocksdb RocksDB::rocksdb-shared)
endif()
find_package(Threads REQUIRED)
find_package(date REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(tomlplusplus REQUIRED)
find_library(PACKLEDGER_SYSTEMD systemd REQUIRED)  # readiness and watchdog only

# Asio and Beast, compiled once: exactly one file (in serve) includes their sources. Whoever
# includes their headers must link this target, or the two halves would not match.
add_library(packledger_net INTERFACE)
target_compile_definitions(packledger_net INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED)
target_link_libraries(packledger_net INTERFACE
  Boost::headers OpenSSL::SSL OpenSSL::Crypto Threads::Threads)
