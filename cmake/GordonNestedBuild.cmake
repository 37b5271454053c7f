#[=======================================================================[.rst:
GordonNestedBuild
-----------------

Builds Gordon at configure time, in a nested build with a compiler for this machine, whatever the outer
project is compiled for. Installs it into ``prefix`` in its binary directory, and loads it from there as
``find_package`` does. The build is repeated only if Gordon's sources have changed; such a change makes
the outer project configure again.

``GORDON_HOST_C_COMPILER``
  The compiler to use, if CMake's choice is wrong.
#]=======================================================================]

# Sets <result> to a digest of Gordon's sources. If one of them changes, CMake configures again.
function(_gordon_source_digest result)
    file(GLOB_RECURSE sources LIST_DIRECTORIES FALSE
        "${Gordon_SOURCE_DIR}/generator/*" "${Gordon_SOURCE_DIR}/modules/*"
        "${Gordon_SOURCE_DIR}/cmake/*")
    list(FILTER sources EXCLUDE REGEX "__pycache__")
    list(APPEND sources "${Gordon_SOURCE_DIR}/CMakeLists.txt")
    set(digests "${CMAKE_GENERATOR};${GORDON_HOST_C_COMPILER};${GORDON_SANITIZE};${GORDON_HARDENING}")
    foreach(source IN LISTS sources)
        file(SHA256 "${source}" digest)
        string(APPEND digests ";${source};${digest}")
    endforeach()
    set_property(DIRECTORY "${CMAKE_SOURCE_DIR}" APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${sources})
    string(SHA256 digest "${digests}")
    set(${result} "${digest}" PARENT_SCOPE)
endfunction()

function(_gordon_run)
    # The nested build must not use the toolchain of the outer project.
    set(unset --unset=CMAKE_TOOLCHAIN_FILE --unset=DESTDIR)
    if(CMAKE_CROSSCOMPILING)
        foreach(variable IN ITEMS CC CFLAGS CPPFLAGS LDFLAGS
                PKG_CONFIG_PATH PKG_CONFIG_LIBDIR PKG_CONFIG_SYSROOT_DIR)
            list(APPEND unset "--unset=${variable}")
        endforeach()
    endif()
    execute_process(
        COMMAND "${CMAKE_COMMAND}" -E env ${unset} "${CMAKE_COMMAND}" ${ARGN}
        RESULT_VARIABLE failed OUTPUT_VARIABLE output ERROR_VARIABLE output)
    if(failed)
        message(FATAL_ERROR "Gordon could not be built:\n${output}")
    endif()
endfunction()

function(_gordon_nested_build prefix)
    set(build "${Gordon_BINARY_DIR}/host")
    set(options "-DCMAKE_BUILD_TYPE=Release" "-DBUILD_TESTING=OFF"
        "-DCMAKE_INSTALL_PREFIX=${prefix}")
    foreach(variable IN ITEMS CMAKE_MAKE_PROGRAM GORDON_SANITIZE GORDON_HARDENING)
        if(DEFINED ${variable})
            list(APPEND options "-D${variable}=${${variable}}")
        endif()
    endforeach()
    if(GORDON_HOST_C_COMPILER)
        list(APPEND options "-DCMAKE_C_COMPILER=${GORDON_HOST_C_COMPILER}")
    endif()
    message(STATUS "Building Gordon ${Gordon_VERSION}")
    _gordon_run(-S "${Gordon_SOURCE_DIR}" -B "${build}" -G "${CMAKE_GENERATOR}" ${options})
    cmake_host_system_information(RESULT processors QUERY NUMBER_OF_LOGICAL_CORES)
    _gordon_run(--build "${build}" --config Release --parallel ${processors})
    _gordon_run(--install "${build}" --config Release)
endfunction()

set(prefix "${Gordon_BINARY_DIR}/prefix")
set(stamp "${Gordon_BINARY_DIR}/built")
_gordon_source_digest(digest)
set(built "")
if(EXISTS "${stamp}")
    file(READ "${stamp}" built)
endif()
if(NOT built STREQUAL digest OR NOT EXISTS "${prefix}/bin/gordon")
    file(REMOVE "${stamp}")
    _gordon_nested_build("${prefix}")
    file(WRITE "${stamp}" "${digest}")
endif()
set(Gordon_FIND_COMPONENTS "") # find_package would set it
include("${prefix}/share/cmake/Gordon/GordonConfig.cmake")
