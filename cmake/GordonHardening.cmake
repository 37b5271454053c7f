#[=======================================================================[.rst:
GordonHardening
---------------

Makes an error of memory in the program end it, where it could be used: bounds of the C library's functions
are checked (fortify), return addresses are guarded (stack protector, stack clash protection), and the
program is loaded at a random address with tables that cannot be written (PIE, relro, now). Each option is
used if the compiler or linker has it. Included at the top level only, before the first target.

``GORDON_HARDENING``
  On by default. ``GORDON_SANITIZE`` turns it off, because sanitizers find more.
#]=======================================================================]
include(CheckCCompilerFlag)
include(CheckCSourceCompiles)
include(CheckLinkerFlag)
include(CheckPIESupported)

option(GORDON_HARDENING "Harden the program, where the compiler can" ON)

# _gordon_check_fortify(<variable>): sets <variable> to the level of _FORTIFY_SOURCE to use: 3 or 2; or 0 if
# compilers of the distribution or CFLAGS set one, because a second definition is a warning.
function(_gordon_check_fortify variable)
    set(CMAKE_REQUIRED_FLAGS "-O2")
    set(CMAKE_REQUIRED_QUIET ON)
    check_c_source_compiles("
        #if defined _FORTIFY_SOURCE && _FORTIFY_SOURCE > 0
        #error it is set
        #endif
        int main(void) { return 0; }" GORDON_FORTIFY_IS_UNSET)
    check_c_source_compiles("
        #include <stdlib.h>
        #if !defined __GLIBC_PREREQ || !__GLIBC_PREREQ(2, 34)
        #error only level 2
        #endif
        int main(int argc, char *argv[])
        { return (int)__builtin_dynamic_object_size(malloc((size_t)argc), 0) + !argv; }"
        GORDON_FORTIFY_HAS_LEVEL_3)
    set(level 0)
    if(GORDON_FORTIFY_IS_UNSET)
        set(level 2)
        if(GORDON_FORTIFY_HAS_LEVEL_3)
            set(level 3)
        endif()
    endif()
    set(${variable} ${level} PARENT_SCOPE)
endfunction()

if(NOT GORDON_HARDENING OR GORDON_SANITIZE)
    return()
endif()

foreach(flag IN ITEMS -fstack-protector-strong -fstack-clash-protection -Wformat -Wformat-security)
    string(MAKE_C_IDENTIFIER "GORDON_HAS${flag}" has)
    check_c_compiler_flag(${flag} ${has})
    if(${has})
        add_compile_options(${flag})
    endif()
endforeach()

_gordon_check_fortify(level)
if(level) # it needs an optimizing compiler
    add_compile_options("$<$<CONFIG:Release,RelWithDebInfo,MinSizeRel>:-D_FORTIFY_SOURCE=${level}>")
endif()

foreach(flag IN ITEMS relro now)
    check_linker_flag(C "LINKER:-z,${flag}" GORDON_HAS_Z_${flag})
    if(GORDON_HAS_Z_${flag})
        add_link_options("LINKER:-z,${flag}")
    endif()
endforeach()

# The libraries of wings are only linked into programs. CMake's -fPIC for them would keep the compiler from
# inlining functions; the last option counts.
check_pie_supported(LANGUAGES C)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(CMAKE_C_LINK_PIE_SUPPORTED)
    add_compile_options(-fPIE)
endif()
