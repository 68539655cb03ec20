// The sources of Asio and Beast, compiled once for the whole program: everything else includes
// their declarations only (see packledger_net in cmake/Vendors.cmake).
#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>
