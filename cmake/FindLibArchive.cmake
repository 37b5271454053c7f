# Makes the target LibArchive::LibArchive. CMake's own module does not say which package has it.
include(GordonFindByPkgConfig)
gordon_find_by_pkg_config(LibArchive MODULE libarchive HEADER archive.h LIBRARY archive
    PACKAGE libarchive-dev)
