# Makes the target ZLIB::ZLIB. CMake's own module does not name the package to install.
include(GordonFindByPkgConfig)
gordon_find_by_pkg_config(ZLIB MODULE zlib HEADER zlib.h LIBRARY z PACKAGE zlib1g-dev)
