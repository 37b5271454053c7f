#[=======================================================================[.rst:
GordonInstall
-------------

.. command:: gordon_install

  Installs the outputs of a Gordon project, so that ``cmake --install`` and CPack carry them::

    gordon_install(<name> [DESTINATION <dir>] [COMPONENT <component>])

  ``<name>`` is the target of an earlier call of :command:`gordon_add_project`. Its templates and
  ``code/*.zip`` are installed, and nothing else. ``gordon apply --build-dir <dir>`` applies them from
  there; it needs the project's settings. For a machine without the settings, such as in CI, use the
  target ``<name>-release`` instead.

  ``DESTINATION``
    The folder. A relative path starts at the installation prefix. The default is
    ``${CMAKE_INSTALL_DATADIR}/<name>``, or ``share/<name>`` if GNUInstallDirs is not included.
  ``COMPONENT``
    The component of the installed files. The default is CMake's.

  A project with ``EXCLUDE_FROM_ALL`` must be built before it is installed.
#]=======================================================================]
include_guard(GLOBAL)
cmake_policy(PUSH)
cmake_policy(VERSION 3.25) # for the functions here, whatever their callers ask for

function(gordon_install name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "DESTINATION;COMPONENT" "")
    if(DEFINED arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "gordon_install: unknown arguments: ${arg_UNPARSED_ARGUMENTS}")
    endif()
    if(DEFINED arg_KEYWORDS_MISSING_VALUES)
        message(FATAL_ERROR "gordon_install: no value after: ${arg_KEYWORDS_MISSING_VALUES}")
    endif()
    set(templates "")
    if(TARGET "${name}")
        get_property(templates TARGET "${name}" PROPERTY GORDON_TEMPLATES)
        get_property(zips TARGET "${name}" PROPERTY GORDON_ZIPS)
    endif()
    if(NOT templates) # every project has one
        message(FATAL_ERROR
            "gordon_install: there is no project ${name}; gordon_add_project makes one")
    endif()

    set(destination "share/${name}")
    if(DEFINED arg_DESTINATION)
        set(destination "${arg_DESTINATION}")
    elseif(CMAKE_INSTALL_DATADIR)
        set(destination "${CMAKE_INSTALL_DATADIR}/${name}")
    endif()
    set(component "")
    if(DEFINED arg_COMPONENT)
        set(component COMPONENT "${arg_COMPONENT}")
    endif()
    install(FILES ${templates} DESTINATION "${destination}" ${component})
    if(zips)
        install(FILES ${zips} DESTINATION "${destination}/code" ${component})
    endif()
endfunction()

cmake_policy(POP)
