# Finds Gordon for a test's project in the way that FIND names, and proves that the project got that
# Gordon, and that everything else is as MODE says.
if(FIND STREQUAL "installed")
    list(APPEND CMAKE_PREFIX_PATH "${PREFIX}")
    find_package(Gordon 1.0 REQUIRED CMAKE_FIND_ROOT_PATH_BOTH) # a tool of this machine
    set(home "${PREFIX}")
elseif(FIND STREQUAL "subdirectory")
    add_subdirectory("${GORDON}" gordon)
    set(home "${CMAKE_BINARY_DIR}/gordon/prefix")
elseif(FIND STREQUAL "fetchcontent")
    include(FetchContent)
    FetchContent_Declare(Gordon SOURCE_DIR "${GORDON}")
    FetchContent_MakeAvailable(Gordon)
    set(home "${CMAKE_BINARY_DIR}/_deps/gordon-build/prefix")
elseif(FIND STREQUAL "override")
    # The installed Gordon could be found, but must not be.
    list(APPEND CMAKE_PREFIX_PATH "${PREFIX}")
    include(FetchContent)
    FetchContent_Declare(Gordon SOURCE_DIR "${GORDON}" OVERRIDE_FIND_PACKAGE)
    find_package(Gordon 1.0 REQUIRED)
    set(home "${CMAKE_BINARY_DIR}/_deps/gordon-build/prefix")
endif()

# Fails unless `value` is as the name of the mode says.
function(prove value regex)
    if(NOT value MATCHES "${regex}")
        message(FATAL_ERROR "mode ${MODE}: '${value}' does not match '${regex}'")
    endif()
endfunction()

get_target_property(imported gordon::gordon IMPORTED)
get_target_property(location gordon::gordon IMPORTED_LOCATION)
prove("${imported} ${location}" "^TRUE ${home}/bin/gordon$")
set(generator "^Ninja$")
if(MODE MATCHES "make|cross_fetchcontent")
    set(generator "^Unix Makefiles$")
elseif(MODE MATCHES "multi")
    set(generator "^Ninja Multi-Config$")
endif()
prove("${CMAKE_GENERATOR}" "${generator}")
prove("${CMAKE_BINARY_DIR}" " dir") # a space, in every mode
if(MODE MATCHES "utf8")
    prove("${CMAKE_BINARY_DIR}" "Ünïcödé 構築")
endif()
if(MODE MATCHES "newest")
    prove("${CMAKE_VERSION}" "^(4\\.[4-9]|[5-9])")
endif()
if(MODE MATCHES "cross")
    prove("${CMAKE_CROSSCOMPILING} ${CMAKE_SYSTEM_PROCESSOR} $ENV{CC}" "^TRUE another .*/cross-cc$")
endif()
if(MODE MATCHES "cross_") # Gordon was built for this project: by which compiler?
    cmake_path(GET home PARENT_PATH gordon_build)
    load_cache("${gordon_build}/host" READ_WITH_PREFIX host_
        CMAKE_C_COMPILER CMAKE_C_FLAGS CMAKE_TOOLCHAIN_FILE)
    prove("${host_CMAKE_C_COMPILER}" "^/.*/(cc|gcc|clang)[-0-9.]*$") # and not cross-cc
    prove("flags '${host_CMAKE_C_FLAGS}' toolchain '${host_CMAKE_TOOLCHAIN_FILE}'"
        "^flags '' toolchain ''$")
endif()
