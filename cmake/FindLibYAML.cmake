# Makes the target LibYAML::LibYAML.
include(GordonFindByPkgConfig)
gordon_find_by_pkg_config(LibYAML MODULE yaml-0.1 HEADER yaml.h LIBRARY yaml PACKAGE libyaml-dev)
