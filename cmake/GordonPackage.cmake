#[=======================================================================[.rst:
GordonPackage
-------------

Installs the documentation and the examples, and configures ``cpack``: a tar.gz that can be unpacked
anywhere, and a package for Debian and Ubuntu. Included at the top level only.

``CPACK_PACKAGE_CONTACT``
  The maintainer of the package, ``Name <address>``. Set it if you publish packages.
#]=======================================================================]
# The folders are as in the source tree, so that the links of README.md and docs/ work.
set(documents "${CMAKE_INSTALL_DATADIR}/doc/gordon")
install(FILES "${Gordon_SOURCE_DIR}/README.md" "${Gordon_SOURCE_DIR}/CHANGELOG.md"
    "${Gordon_SOURCE_DIR}/CONTRIBUTING.md" "${Gordon_SOURCE_DIR}/SECURITY.md"
    "${Gordon_SOURCE_DIR}/LICENSE"
    DESTINATION "${documents}")
install(DIRECTORY "${Gordon_SOURCE_DIR}/docs/" DESTINATION "${documents}/docs"
    FILES_MATCHING PATTERN "*.md" PATTERN "*.svg" PATTERN "*.yml" PATTERN "*.json")
install(DIRECTORY "${Gordon_SOURCE_DIR}/example-project" "${Gordon_SOURCE_DIR}/example-c"
    DESTINATION "${documents}"
    PATTERN "demo" EXCLUDE # it needs the sources of Gordon
    REGEX "/_?build[^/]*$" EXCLUDE PATTERN "__pycache__" EXCLUDE
    PATTERN "*.tar.gz" EXCLUDE)
# The modules are their own reference.
file(CREATE_LINK "../../cmake/Gordon" "${Gordon_BINARY_DIR}/cmake/modules" SYMBOLIC)
install(FILES "${Gordon_BINARY_DIR}/cmake/modules" DESTINATION "${documents}")
install(FILES "${Gordon_SOURCE_DIR}/LICENSE" DESTINATION "${documents}"
    RENAME copyright) # Debian Policy, 12.5

set(CPACK_PACKAGE_NAME gordon)
set(CPACK_PACKAGE_VENDOR "The Gordon authors")
if(NOT CPACK_PACKAGE_CONTACT)
    set(CPACK_PACKAGE_CONTACT "The Gordon authors")
endif()
set(CPACK_PACKAGE_DESCRIPTION
"Gordon turns settings.yml files into CloudFormation templates and zipped AWS
Lambda code, as ordinary build outputs of CMake or by its own program, and
applies them with the AWS CLI.")
set(CPACK_PACKAGE_FILE_NAME
    "gordon-${Gordon_VERSION}-${CMAKE_SYSTEM_NAME}-${CMAKE_SYSTEM_PROCESSOR}")
set(CPACK_GENERATOR TGZ)
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_STRIP_FILES ON)
# The permissions of folders must not depend on the umask.
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_SOURCE_GENERATOR TGZ)
# The build folders of Gordon and of the examples; generator/build has sources.
string(REGEX REPLACE "([][+.*()^$?|\\])" "\\\\\\1" source "${Gordon_SOURCE_DIR}")
set(CPACK_SOURCE_IGNORE_FILES "^${source}/(example-[^/]*/)?build[^/]*/" "/_build/" "/__pycache__/"
    "/\\.git(/|$)")

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "cmake (>= 3.25)")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "awscli, ninja-build, python3-pip, npm, golang-go, maven, gradle")
find_program(GORDON_SHLIBDEPS dpkg-shlibdeps DOC "Finds the libraries that a .deb depends on")
find_program(GORDON_FILE file DOC "Without it CPack cannot use dpkg-shlibdeps")
mark_as_advanced(GORDON_SHLIBDEPS GORDON_FILE)
# dpkg-shlibdeps does not see these two, because gordon loads them at run time. Some releases of Debian
# append t64 to the names, for the size of time_t.
set(CPACK_DEBIAN_PACKAGE_DEPENDS
    "libarchive13 | libarchive13t64, libmicrohttpd12 | libmicrohttpd12t64")
if(GORDON_SHLIBDEPS AND GORDON_FILE)
    set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
else()
    string(PREPEND CPACK_DEBIAN_PACKAGE_DEPENDS "libc6, libyaml-0-2, libjansson4, zlib1g, ")
endif()
include(CPack)
