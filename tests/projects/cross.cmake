# A toolchain file for a machine that nothing can be compiled for: a Gordon that its compiler is asked
# to build, or whose libraries are looked for there, is not built at all.
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
