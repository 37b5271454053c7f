# Installs the build tree BUILD to FROM, and moves FROM to TO. Tests with TO show that the package can
# be moved.
file(REMOVE_RECURSE "${FROM}" "${TO}")
execute_process(COMMAND "${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${FROM}"
    RESULT_VARIABLE failed)
if(failed)
    message(FATAL_ERROR "cannot install ${BUILD}")
endif()
cmake_path(GET TO PARENT_PATH parent)
file(MAKE_DIRECTORY "${parent}")
file(RENAME "${FROM}" "${TO}")
