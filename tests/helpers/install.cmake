# Installs the build tree BUILD to FROM, and moves what was installed to TO: whatever uses it there
# shows that the package finds itself.
file(REMOVE_RECURSE "${FROM}" "${TO}")
execute_process(COMMAND "${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${FROM}"
    RESULT_VARIABLE failed)
if(failed)
    message(FATAL_ERROR "it could not be installed")
endif()
cmake_path(GET TO PARENT_PATH parent)
file(MAKE_DIRECTORY "${parent}")
file(RENAME "${FROM}" "${TO}")
