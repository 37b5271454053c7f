# Makes the virtual environment VENV with the packages that REQUIREMENTS pins, unless it has these
# already. With the program CLIENT (aws_client.c), its `aws` is a link to that, and the CLI is aws.real.
file(SHA256 "${REQUIREMENTS}" digest)
string(APPEND digest " ${PYTHON}")
set(made "")
if(EXISTS "${VENV}/made")
    file(READ "${VENV}/made" made)
endif()
if(NOT made STREQUAL digest)
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
endif()

if(CLIENT AND EXISTS "${VENV}/bin/aws")
    if(NOT IS_SYMLINK "${VENV}/bin/aws")
        file(RENAME "${VENV}/bin/aws" "${VENV}/bin/aws.real")
    endif()
    file(CREATE_LINK "${CLIENT}" "${VENV}/bin/aws" SYMBOLIC)
endif()
