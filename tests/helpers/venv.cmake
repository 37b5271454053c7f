# Makes the virtual environment VENV with the packages that REQUIREMENTS pins, unless it has these
# already. Its `aws` is aws_client.py, and the real CLI is aws.real.
set(client "${CMAKE_CURRENT_LIST_DIR}/aws_client.py")
file(SHA256 "${REQUIREMENTS}" digest)
file(SHA256 "${client}" client_digest)
string(APPEND digest " ${client_digest} ${PYTHON}")
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

if(EXISTS "${VENV}/bin/aws")
    file(RENAME "${VENV}/bin/aws" "${VENV}/bin/aws.real")
    file(WRITE "${VENV}/bin/aws"
        "#!/bin/sh\nexec '${VENV}/bin/python' -ISB '${VENV}/bin/aws.py' \"$@\"\n")
    file(COPY_FILE "${client}" "${VENV}/bin/aws.py")
    file(CHMOD "${VENV}/bin/aws" PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE
        WORLD_READ WORLD_EXECUTE)
endif()
file(WRITE "${VENV}/made" "${digest}")
