#[=======================================================================[.rst:
GordonAddProject
----------------

.. command:: gordon_add_project

  Builds the templates and zips of a Gordon project, and adds the targets that deploy it::

    gordon_add_project(<name> SETTINGS <settings.yml>
                       [OUTPUT_DIRECTORY <dir>]
                       [STAGES <stage>...]
                       [REGION <region>]
                       [EXCLUDE_FROM_ALL])

  Adds the target ``<name>``, which writes the templates and ``code/*.zip``, and nothing else. Adds
  these targets for the stage in the cache variable ``GORDON_STAGE``:

  ``<name>-apply``
    Applies the build.
  ``<name>-diff``
    Shows what apply would change. It succeeds if there are changes, too.
  ``<name>-status``
    Shows what is deployed, and whether its code is what was built last. It builds nothing.
  ``<name>-release``
    Writes ``<name>-<stage>.tar.gz`` in the current binary directory: the build and that stage's
    parameters in one file, which ``gordon apply --release`` applies on any machine. It runs again if
    something in the file has changed.
  ``<name>-delete``
    Shows what a deletion would remove.
  ``<name>-delete-confirm``
    Deletes it.

  The arguments are:

  ``SETTINGS``
    The project's settings file. A relative path starts at the current source directory.
  ``OUTPUT_DIRECTORY``
    The folder of the outputs. A relative path starts at the current binary directory; the default is
    ``<name>``. Each project must have its own folder.
  ``STAGES``
    Adds one more of each target per stage: ``<name>-apply-prod`` ...
  ``REGION``
    The region to apply to. The default is that of the command line: ``AWS_DEFAULT_REGION``, then
    ``default-region`` in the settings.
  ``EXCLUDE_FROM_ALL``
    Keeps ``<name>`` out of the default build.

  CMake reads the settings when it configures, and again when one of their files changes. There is one
  edge for the templates, which also runs if a file in ``parameters`` changes, and one for each lambda.
  Each edge knows all files that it has read. ``gordon plan --json`` prints them.

  ``cmake --graphviz`` shows these targets and their dependencies if ``GRAPHVIZ_CUSTOM_TARGETS`` is set
  in ``CMakeGraphVizOptions.cmake``.

  ``code: target://<target>`` in the settings packs an executable of this build, or an imported one,
  with its shared libraries. The target may be added later, and in another directory. With a
  multi-config generator the zip holds the program of the configuration that was built last.

.. variable:: GORDON_STAGE

  The stage of the targets without a stage in their name. The default is ``dev``.
#]=======================================================================]
include_guard(GLOBAL)
include("${CMAKE_CURRENT_LIST_DIR}/GordonCommand.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/GordonRelease.cmake")
cmake_policy(PUSH)
cmake_policy(VERSION 3.25) # for the functions here, whatever their callers ask for

set(GORDON_STAGE "dev" CACHE STRING "The stage that Gordon's targets apply")

# _gordon_check_path(<path> <signs>): stops if <path> contains a character that CMake, Ninja or Make
# cannot escape; <signs> are additional ones. CMake writes only the names of settings files and outputs
# into build files. Names of code files are in depfiles, where gordon escapes them.
function(_gordon_check_path path signs)
    string(APPEND signs ";|\\\t\r\n")
    if(CMAKE_GENERATOR MATCHES "Makefiles")
        string(APPEND signs "\":")
    endif()
    string(REGEX MATCH "[${signs}]|[$]{" found "${path}")
    string(REGEX REPLACE "\\[[^][]*\\]" "" unpaired "${path}")
    if(found STREQUAL "" AND unpaired MATCHES "[][]") # without its partner it joins list items
        set(found "${CMAKE_MATCH_0}")
    endif()
    if(NOT found STREQUAL "")
        message(FATAL_ERROR "gordon_add_project: CMake cannot build with '${found}' in this name; "
            "rename the file or its folder (gordon build takes it):\n  ${path}")
    endif()
endfunction()

# The functions that plan.cmake calls. They read and set variables of gordon_add_project.

# A settings file: if it changes, CMake configures again.
function(_gordon_plan_settings path)
    _gordon_check_path("${path}" "")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${path}")
    set(settings_files ${settings_files} "${path}" PARENT_SCOPE)
endfunction()

# A folder in which a settings file may appear.
function(_gordon_plan_folder path)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${path}")
endfunction()

# A template that `gordon template` writes.
function(_gordon_plan_template file)
    set(templates ${templates} "${output}/${file}" PARENT_SCOPE)
endfunction()

# A lambda: one edge that writes its zip. INSTALL adds an edge before it that installs the dependencies
# of its manifest. TARGET <target> <place> names the CMake target that is packed, and the line of the
# settings that names it.
function(_gordon_plan_lambda reference key plan)
    cmake_parse_arguments(PARSE_ARGV 3 lambda "INSTALL" "" "TARGET")
    set(before "")
    set(installed "")
    if(lambda_INSTALL)
        cmake_path(REPLACE_FILENAME plan "dependencies.zip" OUTPUT_VARIABLE zip)
        _gordon_edge("${zip}" "${work}/${key}.dependencies.zip.stamp" "${plan}.install.d"
            COMMAND install "--plan" "${plan}"
            DEPENDS "${plan}"
            COMMENT "Installing what ${reference} depends on")
        set(before "${edge}")
        set(installed "--installed")
    endif()
    _gordon_target("${reference}" ${lambda_TARGET})
    _gordon_edge("${output}/code/${key}" "${work}/${key}.stamp" "${plan}.d" MANY
        COMMAND package "--plan" "${plan}" ${installed} ${program}
        DEPENDS "${plan}" ${before} ${executable}
        COMMENT "Packing ${reference}")
    set(outputs ${outputs} "${edge}" PARENT_SCOPE)
    set(zips ${zips} "${output}/code/${key}" PARENT_SCOPE)
endfunction()

# _gordon_target(<reference> [<target> <place>]): sets `executable` to the file of a lambda's target,
# and `program` to the options of `gordon package` for it. Both are empty without a target.
function(_gordon_target reference)
    set(executable "" PARENT_SCOPE)
    set(program "" PARENT_SCOPE)
    if(ARGC EQUAL 1)
        return()
    endif()
    set(file "$<TARGET_FILE:${ARGV1}>")
    set(arguments "--executable" "${file}")
    if(CMAKE_STRIP)
        list(APPEND arguments "--strip" "${CMAKE_STRIP}")
    endif()
    # The linker's own folders: libraries there have no RPATH, such as those of a cross-compiler.
    set(folders ${CMAKE_C_IMPLICIT_LINK_DIRECTORIES} ${CMAKE_CXX_IMPLICIT_LINK_DIRECTORIES})
    if(folders)
        list(REMOVE_DUPLICATES folders)
        list(JOIN folders ":" folders)
        list(APPEND arguments "--library-path" "${folders}")
    endif()
    set(executable "${file}" PARENT_SCOPE)
    set(program ${arguments} PARENT_SCOPE)
    _gordon_check_target_later("${CMAKE_CURRENT_SOURCE_DIR}" "${reference}" "${ARGV1}" "${ARGV2}")
endfunction()

# Calls _gordon_check_target at the end of a directory. EVAL is needed because cmake_language(DEFER)
# would expand the variables only then.
function(_gordon_check_target_later directory reference target place)
    cmake_language(EVAL CODE "cmake_language(DEFER DIRECTORY [====[${directory}]====]
        CALL _gordon_check_target [====[${directory}]====] [====[${reference}]====]
            [====[${target}]====] [====[${place}]====])")
endfunction()

# Reports a target that does not exist or is no executable. An imported target is known only in its
# directory; any other may be added until the end of the whole project.
function(_gordon_check_target directory reference target place)
    if(NOT TARGET "${target}" AND NOT directory STREQUAL CMAKE_SOURCE_DIR)
        _gordon_check_target_later("${CMAKE_SOURCE_DIR}" "${reference}" "${target}" "${place}")
        return()
    endif()
    set(type "")
    if(TARGET "${target}")
        get_target_property(type "${target}" TYPE)
    endif()
    # CMake does not wrap a line that begins with a space.
    if(NOT type)
        message(FATAL_ERROR "gordon_add_project: there is no target '${target}', the code of the "
            "lambda '${reference}':\n  ${place}")
    elseif(NOT type STREQUAL "EXECUTABLE")
        message(FATAL_ERROR "gordon_add_project: the target '${target}', the code of the lambda "
            "'${reference}', is no executable but of the type ${type}:\n  ${place}")
    endif()
endfunction()

# An edge that runs gordon to write `files`, and sets `edge` to what others depend on:
#
#   _gordon_edge(<files> <stamp> <depfile> [MANY] COMMAND <words of gordon>... DEPENDS <files>...
#                COMMENT <text>)
#
# gordon does not touch a file whose content stays the same. Ninja notices that (restat). Make does not:
# it needs a stamp that is newer than the inputs. For Make the depfile lists <files> as inputs of the
# stamp too, so that a deleted file is written again. gordon derives the name of the depfile from that of
# the plan, which keeps the command lines short: Ninja reads them at every start.
function(_gordon_edge files stamp depfile)
    cmake_parse_arguments(PARSE_ARGV 3 edge "MANY" "COMMENT" "COMMAND;DEPENDS")
    set(output OUTPUT ${files})
    list(GET files 0 edge_file)
    if(CMAKE_GENERATOR MATCHES "Makefiles")
        set(edge_file "${stamp}")
        set(output OUTPUT "${stamp}" BYPRODUCTS ${files})
        # Makefiles of CMake 3.25 accumulate the inputs of all depfiles that they have seen, so a deleted
        # file would run the edge in every build. gordon deletes this cache, and they read them again.
        list(APPEND edge_COMMAND "--stamp" "${stamp}" "--forget"
            "${CMAKE_CURRENT_BINARY_DIR}/CMakeFiles/${name}.dir/compiler_depend.internal")
    endif()
    set(many "")
    if(edge_MANY)
        set(many MANY)
    endif()
    _gordon_add_command(${many} ${output}
        COMMAND "${gordon}" ${edge_COMMAND} ${ninja_root}
        DEPENDS ${edge_DEPENDS} "${gordon}"
        DEPFILE "${depfile}"
        COMMENT "${edge_COMMENT}"
        VERBATIM COMMAND_EXPAND_LISTS)
    set(edge "${edge_file}" PARENT_SCOPE)
endfunction()

# Adds <name>-<verb>, and one for each of STAGES, which run `gordon <ARGN>` on the project.
function(_gordon_add_stage_targets verb depends)
    foreach(stage IN LISTS arg_STAGES ITEMS "")
        set(target "${name}-${verb}")
        if(NOT stage STREQUAL "")
            string(APPEND target "-${stage}")
        else()
            set(stage "${GORDON_STAGE}")
        endif()
        add_custom_target(${target}
            COMMAND "${gordon}" ${ARGN} "--project" "${settings}" "--build-dir" "${output}"
                "--stage" "${stage}" ${region}
            COMMENT "${name}: ${verb}, stage ${stage}"
            USES_TERMINAL VERBATIM)
        if(depends)
            add_dependencies(${target} ${depends})
        endif()
    endforeach()
endfunction()

function(gordon_add_project name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "EXCLUDE_FROM_ALL" "SETTINGS;OUTPUT_DIRECTORY;REGION"
        "STAGES")
    if(DEFINED arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "gordon_add_project: unknown arguments: ${arg_UNPARSED_ARGUMENTS}")
    endif()
    if(DEFINED arg_KEYWORDS_MISSING_VALUES)
        message(FATAL_ERROR
            "gordon_add_project: no value after: ${arg_KEYWORDS_MISSING_VALUES}")
    endif()
    if(NOT DEFINED arg_SETTINGS)
        message(FATAL_ERROR "gordon_add_project: SETTINGS is required")
    endif()
    if(TARGET "${name}")
        message(FATAL_ERROR "gordon_add_project: there is a target ${name} already")
    endif()
    foreach(stage IN LISTS arg_STAGES)
        string(LENGTH "${stage}" length)
        if(NOT stage MATCHES "^[a-z0-9][a-z0-9-]+$" OR length GREATER 16)
            message(FATAL_ERROR
                "gordon_add_project: a stage is 2 to 16 of a-z, 0-9 and '-', not '${stage}'")
        endif()
    endforeach()

    set(settings "${arg_SETTINGS}")
    cmake_path(ABSOLUTE_PATH settings BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}" NORMALIZE)
    set(output "${name}")
    if(DEFINED arg_OUTPUT_DIRECTORY)
        set(output "${arg_OUTPUT_DIRECTORY}")
    endif()
    cmake_path(ABSOLUTE_PATH output BASE_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}" NORMALIZE)
    string(REGEX REPLACE "/$" "" output "${output}")
    set(work "${CMAKE_CURRENT_BINARY_DIR}/CMakeFiles/${name}.gordon")
    set(region "")
    if(DEFINED arg_REGION)
        set(region "--region" "${arg_REGION}")
    endif()
    _gordon_check_path("${settings}" "")
    _gordon_check_path("${output}" "#<>$")
    _gordon_check_path("${work}" "#<>$")
    # A build removes old zips from its folder, so two projects must not share one.
    get_property(other GLOBAL PROPERTY "_gordon_project_in ${output}")
    if(other)
        message(FATAL_ERROR "gordon_add_project: ${other} is built in the folder of ${name} already; "
            "give each an OUTPUT_DIRECTORY of its own:\n  ${output}")
    endif()
    set_property(GLOBAL PROPERTY "_gordon_project_in ${output}" "${name}")
    get_target_property(gordon gordon::gordon IMPORTED_LOCATION)
    _gordon_ninja_root()

    # Errors go to the terminal unchanged: they look like a compiler's.
    execute_process(
        COMMAND "${gordon}" plan "--project" "${settings}" "--build-dir" "${output}"
            "--work-dir" "${work}"
        RESULT_VARIABLE failed)
    if(failed)
        message(FATAL_ERROR "gordon_add_project: the settings of ${name} have errors, see above")
    endif()

    set(settings_files "")
    set(templates "")
    set(outputs "")
    set(zips "")
    include("${work}/plan.cmake")
    list(GET templates 0 first)
    cmake_path(GET first FILENAME first)
    _gordon_edge("${templates}" "${work}/${first}.stamp" "${work}/templates.d"
        COMMAND template "--planned" "--project" "${settings}" "--build-dir" "${output}"
            "--depfile" "${work}/templates.d"
        DEPENDS ${settings_files}
        COMMENT "Writing the templates of ${name}")
    list(APPEND outputs "${edge}")

    set(all ALL)
    if(arg_EXCLUDE_FROM_ALL)
        set(all "")
    endif()
    add_custom_target(${name} ${all} DEPENDS ${outputs} SOURCES ${settings_files})
    set_property(TARGET ${name} PROPERTY GORDON_TEMPLATES ${templates}) # for gordon_install
    set_property(TARGET ${name} PROPERTY GORDON_ZIPS ${zips})
    _gordon_add_release_targets()
    _gordon_add_stage_targets(apply ${name} apply)
    _gordon_add_stage_targets(diff ${name} diff --changes-ok)
    _gordon_add_stage_targets(status "" status)
    _gordon_add_stage_targets(delete "" delete)
    _gordon_add_stage_targets(delete-confirm "" delete --confirm)
endfunction()

cmake_policy(POP)
