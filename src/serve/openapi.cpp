#include "serve/openapi.hpp"

// The assembler puts the file among the constants; CMake names it and watches it.
asm(".pushsection .rodata\n"
    ".hidden packledger_openapi_begin\n"
    ".global packledger_openapi_begin\n"
    "packledger_openapi_begin:\n"
    ".incbin \"" PACKLEDGER_OPENAPI_FILE
    "\"\n"
    ".hidden packledger_openapi_end\n"
    ".global packledger_openapi_end\n"
    "packledger_openapi_end:\n"
    ".byte 0\n"
    ".popsection\n");

extern "C" const char packledger_openapi_begin[];  // NOLINT: an address, not an array of ours
extern "C" const char packledger_openapi_end[];    // NOLINT

namespace packledger::serve {

std::string_view openapi_document() { return {packledger_openapi_begin, packledger_openapi_end}; }

}  // namespace packledger::serve
