# A toolchain file for a machine without a compiler: a Gordon that is compiled by it, or that searches its
# libraries there, cannot be built.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR another)
set(CMAKE_C_COMPILER "${CMAKE_CURRENT_LIST_DIR}/cross-cc")
set(CMAKE_C_FLAGS_INIT "-mcpu=another")
set(CMAKE_SYSROOT "/nowhere")
set(CMAKE_FIND_ROOT_PATH "/nowhere")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
foreach(what IN ITEMS LIBRARY INCLUDE PACKAGE)
    set(CMAKE_FIND_ROOT_PATH_MODE_${what} ONLY)
endforeach()
