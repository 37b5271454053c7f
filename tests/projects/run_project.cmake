#[=======================================================================[.rst:
Builds a project of this folder, and compares the outputs with its ``expected``, which has a
folder for each target. Installs the targets with a gordon_install, and compares these files too. A
second build must do nothing.

``MODE``
  A mode of CMakeLists.txt; find_gordon.cmake proves it.
``FIND``
  The way in which the project finds Gordon: ``installed``, ``subdirectory``, ``fetchcontent``, ``override``.
``PROJECT``, ``BUILD``
  Its folder, and its build tree.
``CMAKE``, ``GENERATOR``, ``TOOLCHAIN``
  The CMake that builds it, its generator, and a toolchain file of this folder or nothing.
``PREFIX``, ``GORDON``, ``SANITIZE``, ``PYTHON``, ``OUTPUTS``
  The installed Gordon, its source tree, GORDON_SANITIZE of its build, an interpreter, and outputs.py.
#]=======================================================================]

function(run result)
    execute_process(COMMAND ${ARGN}
        RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE error)
    if(status)
        message(FATAL_ERROR "${ARGN}: ${status}\n${output}${error}")
    endif()
    set(${result} "${output}" PARENT_SCOPE)
    set(error "${error}" PARENT_SCOPE)
endfunction()

# Warnings of CMake about a module are errors.
run(version "${CMAKE}" --version)
string(REGEX MATCH "[0-9.]+" version "${version}")
set(strict -Werror=dev -Werror=deprecated --warn-uninitialized --no-warn-unused-cli)
if(version VERSION_GREATER_EQUAL 4.4)
    set(strict -Werror=author -Werror=deprecated -Werror=uninitialized -Wno-unused-cli)
endif()
set(toolchain "")
if(TOOLCHAIN)
    set(toolchain "-DCMAKE_TOOLCHAIN_FILE=${CMAKE_CURRENT_LIST_DIR}/${TOOLCHAIN}")
    # Like the environment of an SDK.
    set(ENV{CC} "${CMAKE_CURRENT_LIST_DIR}/cross-cc")
    set(ENV{CFLAGS} "-mcpu=another")
    set(ENV{PKG_CONFIG_LIBDIR} "/nowhere")
endif()

file(REMOVE_RECURSE "${BUILD}")
run(output "${CMAKE}" -S "${PROJECT}" -B "${BUILD}" -G "${GENERATOR}" ${strict} ${toolchain}
    "-DMODE=${MODE}" "-DFIND=${FIND}" "-DPREFIX=${PREFIX}" "-DGORDON=${GORDON}"
    "-DGORDON_SANITIZE=${SANITIZE}")
set(warnings "")
if(EXISTS "${PROJECT}/warnings") # warnings of `gordon plan` about the settings
    file(READ "${PROJECT}/warnings" warnings)
    string(REPLACE "@DIR@" "${PROJECT}" warnings "${warnings}")
endif()
if(NOT error STREQUAL warnings)
    message(FATAL_ERROR "configuring said:\n${error}")
endif()

run(first "${CMAKE}" --build "${BUILD}")
file(GLOB targets RELATIVE "${PROJECT}/expected" "${PROJECT}/expected/*")
if(NOT targets)
    message(FATAL_ERROR "${PROJECT}/expected has no folder for a target")
endif()
foreach(target IN LISTS targets)
    run(output "${PYTHON}" -B "${OUTPUTS}" expected "${PROJECT}/expected/${target}"
        "${BUILD}/${target}")
endforeach()

file(STRINGS "${PROJECT}/CMakeLists.txt" installed REGEX "^gordon_install")
list(TRANSFORM installed REPLACE "^gordon_install.([a-z_]+).*" "\\1")
run(output "${CMAKE}" --install "${BUILD}" --prefix "${BUILD}/installed prefix")
foreach(target IN LISTS installed)
    run(output "${PYTHON}" -B "${OUTPUTS}" same "${BUILD}/${target}"
        "${BUILD}/installed prefix/share/${target}")
endforeach()

run(second "${CMAKE}" --build "${BUILD}")
if(second MATCHES "Packing|Writing|Re-running" OR
        (GENERATOR MATCHES "Ninja" AND NOT second MATCHES "ninja: no work to do\\."))
    message(FATAL_ERROR "the second build built something although nothing changed:\n${second}\n"
        "The first build was:\n${first}")
endif()
