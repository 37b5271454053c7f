# Builds Gordon from SOURCE in BUILD, by NINJA, and installs it to PREFIX.
foreach(command IN ITEMS
        "${CMAKE_COMMAND};-S;${SOURCE};-B;${BUILD};-G;Ninja;-DCMAKE_MAKE_PROGRAM=${NINJA};-DCMAKE_BUILD_TYPE=RelWithDebInfo;-DBUILD_TESTING=OFF"
        "${CMAKE_COMMAND};--build;${BUILD}"
        "${CMAKE_COMMAND};--install;${BUILD};--prefix;${PREFIX}")
    execute_process(COMMAND ${command} RESULT_VARIABLE failed OUTPUT_VARIABLE output ERROR_VARIABLE output)
    if(failed)
        message(FATAL_ERROR "${output}")
    endif()
endforeach()
