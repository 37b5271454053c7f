# Makes the target Jansson::Jansson.
include(GordonFindByPkgConfig)
gordon_find_by_pkg_config(Jansson MODULE jansson HEADER jansson.h LIBRARY jansson
    PACKAGE libjansson-dev)
