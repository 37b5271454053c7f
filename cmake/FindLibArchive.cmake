# Makes the target LibArchive::LibArchive. CMake's own module does not name the package to install.
include(GordonFindByPkgConfig)
gordon_find_by_pkg_config(LibArchive MODULE libarchive HEADER archive.h LIBRARY archive
    PACKAGE libarchive-dev)
