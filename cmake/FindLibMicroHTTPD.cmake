# Makes the target LibMicroHTTPD::LibMicroHTTPD.
include(GordonFindByPkgConfig)
gordon_find_by_pkg_config(LibMicroHTTPD MODULE libmicrohttpd HEADER microhttpd.h LIBRARY microhttpd
    PACKAGE libmicrohttpd-dev)
