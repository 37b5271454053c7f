#[=======================================================================[.rst:
Functions and variables of Gordon's tests. Each folder of tests has a CMakeLists.txt that uses them.

``${prefix}``, ``${gordon}``
  The installed Gordon, and its program. A test that uses them has ``REQUIRES installed``.
``${venv}``, ``${lintvenv}``, ``${toolsvenv}``
  Virtual environments of ``helpers/requirements.txt``, ``helpers/lint-requirements.txt`` and
  ``helpers/tools-requirements.txt``. A test that uses one has ``REQUIRES venv`` or the like.
``${newest}``
  The newest CMake, which is in ``${venv}``.
``${python}``
  The command that runs a script by the Python of this machine.
``${client}``
  An ``aws`` that lets a server run its calls (``helpers/aws_client.c``).
``${helpers}``
  The folder of programs and modules that several folders of tests use.
#]=======================================================================]
find_package(Python3 REQUIRED COMPONENTS Interpreter)
# If that is a program that starts Python, such as pyenv's, tests use Python itself, and the programs
# beside it: the detour takes longer than many a test.
set(found "${Python3_EXECUTABLE}")
execute_process(COMMAND "${found}" -c "import sys; print(sys.executable)"
    OUTPUT_VARIABLE Python3_EXECUTABLE OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
set(beside_python "")
cmake_path(GET found PARENT_PATH found_folder)
cmake_path(GET Python3_EXECUTABLE PARENT_PATH folder)
if(NOT folder STREQUAL found_folder)
    set(beside_python "PATH=path_list_prepend:${folder}")
endif()

set(prefix "${Gordon_BINARY_DIR}/moved prefix/gordon")
set(gordon "${prefix}/bin/gordon")
set(venv "${Gordon_BINARY_DIR}/venv")
set(lintvenv "${Gordon_BINARY_DIR}/lintvenv")
set(toolsvenv "${Gordon_BINARY_DIR}/toolsvenv")
set(python "${Python3_EXECUTABLE}" -B) # no __pycache__ in the source tree
set(helpers "${CMAKE_CURRENT_SOURCE_DIR}/helpers")
# The program itself. The package also has a Python script that starts it.
set(newest "${venv}/lib/python${Python3_VERSION_MAJOR}.${Python3_VERSION_MINOR}")
string(APPEND newest "/site-packages/cmake/data/bin/cmake")

# Without sanitizers, because tests start it thousands of times.
add_executable(aws_client "${helpers}/aws_client.c")
target_compile_features(aws_client PRIVATE c_std_11)
target_compile_definitions(aws_client PRIVATE _GNU_SOURCE)
target_compile_options(aws_client PRIVATE -fno-sanitize=all)
target_link_options(aws_client PRIVATE -fno-sanitize=all)
set_target_properties(aws_client PROPERTIES C_EXTENSIONS OFF)
set(client "$<TARGET_FILE:aws_client>")

find_program(CCACHE ccache)

# gordon_add_test(<name> <timeout> [SKIPS] [CCACHE] [HELPERS] [SETUP <fixture>] [REQUIRES <fixture>...]
#                 [COST <seconds>] COMMAND <command>...)
#
# SKIPS: the test exits with 77 if this machine lacks a program or a feature that it needs.
# CCACHE: the test builds Gordon, with the compiler cache that these tests share.
# HELPERS: the script imports modules of helpers/.
# SETUP: the test sets this fixture up.
# COST: about how long a slow test takes; ctest starts tests with a high cost first.
function(gordon_add_test name timeout)
    cmake_parse_arguments(PARSE_ARGV 2 arg "SKIPS;CCACHE;HELPERS" "SETUP;COST" "REQUIRES;COMMAND")
    if(arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "gordon_add_test ${name}: ${arg_UNPARSED_ARGUMENTS}")
    endif()
    add_test(NAME "${name}" COMMAND ${arg_COMMAND})
    set_tests_properties("${name}" PROPERTIES
        TIMEOUT ${timeout}
        ENVIRONMENT "UBSAN_OPTIONS=print_stacktrace=1;GORDON_CACHE_DIR=${Gordon_BINARY_DIR}/cache;GORDON_TEST_CLIENT=${client}"
        ENVIRONMENT_MODIFICATION "${beside_python}"
        FIXTURES_REQUIRED "${arg_REQUIRES}")
    if(arg_SKIPS)
        set_tests_properties("${name}" PROPERTIES SKIP_RETURN_CODE 77)
    endif()
    if(arg_CCACHE AND CCACHE)
        set_property(TEST "${name}" APPEND PROPERTY ENVIRONMENT
            "CMAKE_C_COMPILER_LAUNCHER=${CCACHE}" "CCACHE_DIR=${Gordon_BINARY_DIR}/ccache"
            "CCACHE_NOHASHDIR=1")
    endif()
    if(arg_HELPERS)
        set_property(TEST "${name}" APPEND PROPERTY
            ENVIRONMENT_MODIFICATION "PYTHONPATH=path_list_prepend:${helpers}")
    endif()
    if(arg_SETUP)
        set_tests_properties("${name}" PROPERTIES FIXTURES_SETUP "${arg_SETUP}")
    endif()
    if(arg_COST)
        set_tests_properties("${name}" PROPERTIES COST ${arg_COST})
    endif()
endfunction()

# gordon_set_venv_command(<variable> <venv> <requirements>): the command that makes a virtual
# environment.
function(gordon_set_venv_command variable venv requirements)
    set(${variable} "${CMAKE_COMMAND}" "-DVENV=${venv}" "-DPYTHON=${Python3_EXECUTABLE}"
        "-DCLIENT=${client}" "-DREQUIREMENTS=${helpers}/${requirements}" -P "${helpers}/venv.cmake" PARENT_SCOPE)
endfunction()

# gordon_test_program(<target> <wing> <source>): a program that tests a library of generator/.
function(gordon_test_program target wing source)
    add_executable(${target} ${source})
    target_link_libraries(${target} PRIVATE gordon_${wing})
    set_target_properties(${target} PROPERTIES C_EXTENSIONS OFF)
endfunction()
