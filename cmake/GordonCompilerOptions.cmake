#[=======================================================================[.rst:
GordonCompilerOptions
---------------------

Warnings and sanitizers for working on Gordon itself; included at the top level only, so that a
project that adds Gordon as a subdirectory keeps its own flags.

``GORDON_WERROR``
  Warnings are errors.

``GORDON_SANITIZE``
  AddressSanitizer and UndefinedBehaviorSanitizer, and the first finding ends the program.
#]=======================================================================]
option(GORDON_WERROR "Treat warnings as errors" OFF)
option(GORDON_SANITIZE "Build with ASan and UBSan" OFF)

# Tables leave fields out on purpose: what is not said is zero.
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
