#[=======================================================================[.rst:
GordonCompilerOptions
---------------------

Warnings and sanitizers for working on Gordon itself; included at the top level only, so that a
project that adds Gordon as a subdirectory keeps its own flags.

``GORDON_WERROR``
  Warnings are errors.

``GORDON_SANITIZE``
  AddressSanitizer and UndefinedBehaviorSanitizer; the program ends at the first error.

``GORDON_FUZZ``
  The fuzz targets (tests/fuzz), by clang, with the same sanitizers and coverage for libFuzzer.
#]=======================================================================]
option(GORDON_WERROR "Treat warnings as errors" OFF)
option(GORDON_SANITIZE "Build with ASan and UBSan" OFF)
option(GORDON_FUZZ "Build the fuzz targets, with clang" OFF)

# Rows of tables omit fields on purpose: omitted fields are zero.
add_compile_options(-Wall -Wextra -Wshadow -Wmissing-prototypes -Wpedantic
    -Wno-missing-field-initializers)
if(GORDON_WERROR)
    add_compile_options(-Werror)
endif()
if(GORDON_SANITIZE)
    add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all
        -fno-omit-frame-pointer)
    add_link_options(-fsanitize=address,undefined)
endif()
if(GORDON_FUZZ)
    set(fuzz_options -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all)
    add_compile_options(${fuzz_options} -fno-omit-frame-pointer -O1)
    add_link_options(${fuzz_options})
endif()

set(CMAKE_EXPORT_COMPILE_COMMANDS ON) # for clang-tidy and editors
