# Makes the virtual environment VENV of what REQUIREMENTS pins, unless it holds just that.
file(SHA256 "${REQUIREMENTS}" digest)
string(APPEND digest " ${PYTHON}")
set(made "")
if(EXISTS "${VENV}/made")
    file(READ "${VENV}/made" made)
endif()
if(made STREQUAL digest)
    return()
endif()

file(REMOVE_RECURSE "${VENV}")
foreach(command IN ITEMS
        "${PYTHON};-m;venv;${VENV}"
        "${VENV}/bin/python;-m;pip;install;--disable-pip-version-check;--quiet;-r;${REQUIREMENTS}")
    execute_process(COMMAND ${command} RESULT_VARIABLE failed)
    if(failed)
        message(FATAL_ERROR "${command}: ${failed}")
    endif()
endforeach()
file(WRITE "${VENV}/made" "${digest}")
