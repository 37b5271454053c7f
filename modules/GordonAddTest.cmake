#[=======================================================================[.rst:
GordonAddTest
-------------

.. command:: gordon_add_test

  A test of CTest that runs a packaged lambda on this machine with an event::

    gordon_add_test(NAME <test> PROJECT <name> LAMBDA <app.lambda> EVENT <file>
                    [EXPECT <file> | EXPECT_REGEX <re> | EXPECT_ERROR]
                    [TIMEOUT <seconds>] [ENVIRONMENT <VAR=value>...] [STAGE <stage>])

  The test runs ``gordon run`` on the zip that the build of ``<name>``, an earlier call of
  :command:`gordon_add_project`, has made. Before the first test of a project, CTest builds the
  project, by a fixture: the test ``<name>.build``. Tests run in parallel with ``ctest -j``, and have
  the label ``gordon``.

  ``LAMBDA``
    The lambda, as ``app.name``, or ``name`` for one of the project itself.
  ``EVENT``
    A file with the event, as JSON. A relative path starts at the current source directory.
  ``EXPECT``
    A file of JSON that the answer must equal. The order of keys does not matter; the differences are
    shown by their places.
  ``EXPECT_REGEX``
    A regular expression that must match somewhere in the answer's text.
  ``EXPECT_ERROR``
    The lambda must fail, or exceed its timeout. Without any of the three, it must not fail.
  ``TIMEOUT``
    Seconds after which CTest ends the test. The lambda has the timeout of its settings besides.
  ``ENVIRONMENT``
    Environment variables for the lambda, which go before those of the settings.
  ``STAGE``
    The stage whose parameters and context the lambda gets. The default is ``dev``.
#]=======================================================================]
include_guard(GLOBAL)
cmake_policy(PUSH)
cmake_policy(VERSION 3.25) # for the functions here, whatever their callers ask for

# Adds the test that builds a project, once. Two builds in one folder at the same time would disturb each
# other.
function(_gordon_add_build_test project)
    get_property(added TARGET "${project}" PROPERTY GORDON_BUILD_TEST)
    if(added)
        return()
    endif()
    set_property(TARGET "${project}" PROPERTY GORDON_BUILD_TEST TRUE)
    add_test(NAME "${project}.build"
        COMMAND "${CMAKE_COMMAND}" --build "${CMAKE_BINARY_DIR}" --config "$<CONFIG>" --target "${project}")
    set_tests_properties("${project}.build" PROPERTIES
        FIXTURES_SETUP "gordon:${project}" RESOURCE_LOCK "gordon:build" LABELS gordon)
endfunction()

function(gordon_add_test)
    cmake_parse_arguments(PARSE_ARGV 0 arg "EXPECT_ERROR"
        "NAME;PROJECT;LAMBDA;EVENT;EXPECT;EXPECT_REGEX;TIMEOUT;STAGE" "ENVIRONMENT")
    if(DEFINED arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "gordon_add_test: unknown arguments: ${arg_UNPARSED_ARGUMENTS}")
    endif()
    if(DEFINED arg_KEYWORDS_MISSING_VALUES)
        message(FATAL_ERROR "gordon_add_test: no value after: ${arg_KEYWORDS_MISSING_VALUES}")
    endif()
    foreach(required IN ITEMS NAME PROJECT LAMBDA EVENT)
        if(NOT DEFINED arg_${required})
            message(FATAL_ERROR "gordon_add_test: ${required} is required")
        endif()
    endforeach()
    set(output "")
    if(TARGET "${arg_PROJECT}")
        get_property(settings TARGET "${arg_PROJECT}" PROPERTY GORDON_SETTINGS)
        get_property(output TARGET "${arg_PROJECT}" PROPERTY GORDON_OUTPUT)
    endif()
    if(NOT output)
        message(FATAL_ERROR
            "gordon_add_test: there is no project ${arg_PROJECT}; gordon_add_project makes one")
    endif()

    set(expected "")
    foreach(file IN ITEMS EVENT EXPECT)
        if(DEFINED arg_${file})
            cmake_path(ABSOLUTE_PATH arg_${file} BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}" NORMALIZE)
        endif()
    endforeach()
    if(DEFINED arg_EXPECT)
        list(APPEND expected "--expect=${arg_EXPECT}")
    endif()
    if(DEFINED arg_EXPECT_REGEX)
        string(REPLACE ";" "\\;" pattern "${arg_EXPECT_REGEX}")
        list(APPEND expected "--expect-regex=${pattern}")
    endif()
    if(arg_EXPECT_ERROR)
        list(APPEND expected "--expect-error")
    endif()
    list(LENGTH expected n)
    if(n GREATER 1)
        message(FATAL_ERROR
            "gordon_add_test: only one of EXPECT, EXPECT_REGEX and EXPECT_ERROR can be given")
    endif()
    foreach(variable IN LISTS arg_ENVIRONMENT)
        string(REPLACE ";" "\\;" variable "${variable}")
        list(APPEND expected "--env=${variable}")
    endforeach()
    if(DEFINED arg_STAGE)
        list(APPEND expected "--stage=${arg_STAGE}")
    endif()

    get_target_property(gordon gordon::gordon IMPORTED_LOCATION)
    _gordon_add_build_test("${arg_PROJECT}")
    add_test(NAME "${arg_NAME}"
        COMMAND "${gordon}" run "--no-build" "--project=${settings}" "--build-dir=${output}"
            "--payload=${arg_EVENT}" ${expected} -- "${arg_LAMBDA}")
    set_tests_properties("${arg_NAME}" PROPERTIES FIXTURES_REQUIRED "gordon:${arg_PROJECT}" LABELS gordon)
    if(DEFINED arg_TIMEOUT)
        set_tests_properties("${arg_NAME}" PROPERTIES TIMEOUT "${arg_TIMEOUT}")
    endif()
endfunction()

cmake_policy(POP)
