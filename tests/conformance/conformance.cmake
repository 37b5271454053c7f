# Writes the templates of one reference case, and compares them with the reference.
file(REMOVE_RECURSE "${OUTPUT}")
execute_process(
    COMMAND "${GORDON}" template --project "${CONFORMANCE}/cases/${CASE}" --build-dir "${OUTPUT}"
    COMMAND_ERROR_IS_FATAL ANY)
execute_process(
    COMMAND "${PYTHON}" -B "${CONFORMANCE}/compare.py" "${CONFORMANCE}/cases/${CASE}/expected"
        "${OUTPUT}"
    COMMAND_ERROR_IS_FATAL ANY)
