#[=======================================================================[.rst:
GordonPackage
-------------

Installs the documentation, and says what ``cpack`` makes of all that is installed: a tar.gz that can
be unpacked anywhere, and a package for Debian and Ubuntu. Included at the top level only.

``CPACK_PACKAGE_CONTACT``
  The package's maintainer, ``Name <address>``; whoever gives packages to others names themselves.
#]=======================================================================]
set(documents "${CMAKE_INSTALL_DATADIR}/doc/gordon")
install(FILES "${Gordon_SOURCE_DIR}/README.md" "${Gordon_SOURCE_DIR}/LICENSE"
    DESTINATION "${documents}")
install(DIRECTORY "${Gordon_SOURCE_DIR}/docs/" DESTINATION "${documents}/docs" # as README.md says
    FILES_MATCHING PATTERN "*.md" PATTERN "*.yml" PATTERN "*.json")
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
# Whatever the umask.
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_SOURCE_GENERATOR TGZ)
# Build trees are folders of the top level; generator/build is a folder of sources.
string(REGEX REPLACE "([][+.*()^$?|\\])" "\\\\\\1" top_level "${Gordon_SOURCE_DIR}")
set(CPACK_SOURCE_IGNORE_FILES "^${top_level}/build[^/]*/" "/_build/" "/__pycache__/" "/\\.git/")

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "cmake (>= 3.25)")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "awscli, ninja-build, python3-pip, npm, golang-go, maven, gradle")
find_program(GORDON_SHLIBDEPS dpkg-shlibdeps DOC "Finds out the libraries that a .deb depends on")
find_program(GORDON_FILE file DOC "Without it CPack cannot use dpkg-shlibdeps")
mark_as_advanced(GORDON_SHLIBDEPS GORDON_FILE)
# As Debian calls them; some releases have an ending for the size of time_t. What is loaded and not
# linked nobody finds out.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "libarchive13 | libarchive13t64")
if(GORDON_SHLIBDEPS AND GORDON_FILE)
    set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
else()
    string(PREPEND CPACK_DEBIAN_PACKAGE_DEPENDS "libc6, libyaml-0-2, libjansson4, zlib1g, ")
endif()
include(CPack)
