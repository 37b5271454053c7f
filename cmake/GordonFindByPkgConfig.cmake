#[=======================================================================[.rst:
GordonFindByPkgConfig
---------------------

.. command:: gordon_find_by_pkg_config

  The common body of the find modules:
  ``gordon_find_by_pkg_config(<Name> MODULE <pkg-config name> HEADER <h> LIBRARY <lib>
  PACKAGE <Debian package>)``.

  Sets ``<Name>_FOUND`` and makes the imported target ``<Name>::<Name>``. pkg-config gives hints for
  the search; it is optional. The error for a missing library names its Debian package.
#]=======================================================================]
include(FindPackageHandleStandardArgs)
macro(gordon_find_by_pkg_config name) # a macro, because find_package reads <Name>_FOUND from its scope
    cmake_parse_arguments(_gordon "" "MODULE;HEADER;LIBRARY;PACKAGE" "" ${ARGN})
    find_package(PkgConfig QUIET)
    if(PKG_CONFIG_FOUND)
        pkg_check_modules(PC_${name} QUIET ${_gordon_MODULE})
    endif()
    find_path(${name}_INCLUDE_DIR ${_gordon_HEADER} HINTS ${PC_${name}_INCLUDE_DIRS})
    find_library(${name}_LIBRARY ${_gordon_LIBRARY} HINTS ${PC_${name}_LIBRARY_DIRS})
    mark_as_advanced(${name}_INCLUDE_DIR ${name}_LIBRARY)
    find_package_handle_standard_args(${name}
        REQUIRED_VARS ${name}_LIBRARY ${name}_INCLUDE_DIR
        VERSION_VAR PC_${name}_VERSION
        REASON_FAILURE_MESSAGE "Debian and Ubuntu have it in the package ${_gordon_PACKAGE}.")
    if(${name}_FOUND AND NOT TARGET ${name}::${name})
        add_library(${name}::${name} UNKNOWN IMPORTED)
        set_target_properties(${name}::${name} PROPERTIES
            IMPORTED_LOCATION "${${name}_LIBRARY}"
            INTERFACE_INCLUDE_DIRECTORIES "${${name}_INCLUDE_DIR}")
    endif()
endmacro()
