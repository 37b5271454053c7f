# Makes the target ZLIB::ZLIB. CMake's own module does not say which package has it.
include(GordonFindByPkgConfig)
gordon_find_by_pkg_config(ZLIB MODULE zlib HEADER zlib.h LIBRARY z PACKAGE zlib1g-dev)
