#[=======================================================================[.rst:
GordonAddProject
----------------

.. command:: gordon_add_project

  Builds the templates and zips of a Gordon project, and adds the targets that deploy it::

    gordon_add_project(<name> SETTINGS <settings.yml>
                       [OUTPUT_DIRECTORY <dir>]
                       [STAGES <stage>...]
                       [REGION <region>]
                       [DEPENDS <targets and files>...]
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
  ``DEPENDS``
    Targets and files that are built before the lambdas. What targets write, in folders of ``build://``
    or in the source, is packed in the same build. A target may be added later, and in another directory.
    If a file is changed, or a program or library that is built, all lambdas are packed again: a command
    in ``build`` may read it. Files are named as in ``add_custom_command``, and may be generator
    expressions.
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

  ``code: build://<folder>`` packs a folder, or a file, of the build: ``<folder>`` in the binary directory
  of the directory that calls ``gordon_add_project``. Name the targets that fill it in ``DEPENDS``.

.. variable:: GORDON_STAGE

  The stage of the targets without a stage in their name. The default is ``dev``.
#]=======================================================================]
include_guard(GLOBAL)
include("${CMAKE_CURRENT_LIST_DIR}/GordonCommand.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/GordonDepends.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/GordonRelease.cmake")
cmake_policy(PUSH)
cmake_policy(VERSION 3.25) # for the functions here, whatever their callers ask for

set(GORDON_STAGE "dev" CACHE STRING "The stage that Gordon's targets apply")

# _gordon_check_path(<path> <signs> [<shown>]): stops if <path> contains a character that CMake, Ninja or
# Make cannot escape; <signs> are additional ones. <shown> is the path for people. CMake writes only the names of settings files and outputs
# into build files. Names of code files are in depfiles, where gordon escapes them.
function(_gordon_check_path path signs)
    string(APPEND signs ";|\\\t\r\n")
    if(CMAKE_GENERATOR MATCHES "Makefiles")
        string(APPEND signs "\":")
    endif()
    string(REGEX MATCH "[${signs}]|[$][{<]" found "${path}") # ${...} and generator expressions
    if(found STREQUAL "" AND CMAKE_GENERATOR MATCHES "Makefiles" AND path MATCHES "\\(.*\\)$")
        set(found "(...)") # at the end, for Make this is a member of an archive
    endif()
    string(REGEX REPLACE "\\[[^][]*\\]" "" unpaired "${path}")
    if(found STREQUAL "" AND unpaired MATCHES "[][]") # without its partner it joins list items
        set(found "${CMAKE_MATCH_0}")
    endif()
    if(NOT found STREQUAL "")
        string(REGEX REPLACE "[\t\r\n]" "?" found "${found}")
        if(NOT "${ARGV2}" STREQUAL "")
            set(path "${ARGV2}")
        endif()
        message(FATAL_ERROR "gordon_add_project: CMake cannot build with '${found}' in this name; "
            "rename the file or its folder (gordon build takes it):\n  ${path}")
    endif()
endfunction()

# _gordon_decode(<variable> <field>): sets <variable> to a field of plan.list without its %XX.
function(_gordon_decode variable field)
    string(REGEX MATCHALL "%[0-9A-F][0-9A-F]" codes "${field}")
    list(REMOVE_DUPLICATES codes)
    list(REMOVE_ITEM codes "%25")
    foreach(code IN LISTS codes ITEMS "%25") # the last one: what it stands for begins a code
        string(SUBSTRING "${code}" 1 2 hex)
        math(EXPR number "0x${hex}")
        string(ASCII ${number} character)
        string(REPLACE "${code}" "${character}" field "${field}")
    endforeach()
    set(${variable} "${field}" PARENT_SCOPE)
endfunction()

# _gordon_read_plan(<file>): reads plan.list, in which a line is a record of tab-separated fields. Texts
# of the settings are in it; they are data here, and are never evaluated. Sets `settings_files`,
# `templates`, `artifacts`, `outputs`, `zips` and `changed`, and reads other variables of gordon_add_project.
function(_gordon_read_plan file)
    file(READ "${file}" records)
    string(REGEX REPLACE "\n$" "" records "${records}")
    string(REPLACE "\n" ";" records "${records}")
    set(settings_files "")
    set(templates "")
    set(artifacts "")
    set(outputs "")
    set(zips "")
    set(changed "")
    foreach(record IN LISTS records)
        string(REPLACE "\t" ";" fields "${record}")
        list(LENGTH fields n)
        list(POP_FRONT fields field_0 field_1 field_2 field_3 field_4 field_5 field_6 field_7)
        if(record MATCHES "%") # rare, and slow with a thousand lambdas
            foreach(i RANGE 1 7)
                if(DEFINED field_${i})
                    _gordon_decode(field_${i} "${field_${i}}")
                endif()
            endforeach()
        endif()
        if(field_0 STREQUAL "settings")
            _gordon_plan_settings("${field_1}" "${field_2}")
        elseif(field_0 STREQUAL "folder")
            _gordon_plan_folder("${field_1}" "${field_2}")
        elseif(field_0 STREQUAL "template")
            _gordon_plan_template("${field_1}")
        elseif(field_0 STREQUAL "artifact")
            _gordon_plan_artifact("${field_1}")
        elseif(n EQUAL 5)
            _gordon_plan_lambda("${field_1}" "${field_2}" "${field_3}" "${field_4}" "")
        elseif(field_0 MATCHES "^(lambda|layer)$")
            _gordon_plan_lambda("${field_1}" "${field_2}" "${field_3}" "${field_4}" "${field_5}")
        endif()
    endforeach()
    foreach(variable IN ITEMS settings_files templates artifacts outputs zips changed)
        set(${variable} "${${variable}}" PARENT_SCOPE)
    endforeach()
endfunction()

# A settings file: if it changes, CMake configures again.
function(_gordon_plan_settings path shown)
    _gordon_check_path("${path}" "" "${shown}")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${path}")
    set(settings_files ${settings_files} "${path}" PARENT_SCOPE)
endfunction()

# A folder in which a settings file may appear, or a link to one may change; or a file or folder in a zip of the
# templates, which has a digest in its name.
function(_gordon_plan_folder path shown)
    _gordon_check_path("${path}/" "" "${shown}")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${path}")
endfunction()

# A template that `gordon template` writes.
function(_gordon_plan_template file)
    set(templates ${templates} "${output}/${file}" PARENT_SCOPE)
endfunction()

# A file that a resource takes from S3. `gordon template` writes it, too.
function(_gordon_plan_artifact file)
    set(artifacts ${artifacts} "${output}/code/${file}" PARENT_SCOPE)
endfunction()

# A lambda or a layer: one edge that writes its zip. <shown> is its name for people. <what> is INSTALL if an edge
# before it installs the dependencies of its manifest; TARGET if a CMake target is packed, with its name in
# `field_6`, and the line of the settings that names it in `field_7`; or empty.
function(_gordon_plan_lambda reference shown key plan what)
    set(before "")
    set(installed "")
    set(depends ${arg_DEPENDS})
    if(compares)
        cmake_path(REPLACE_FILENAME plan "changed" OUTPUT_VARIABLE touched)
        list(APPEND depends "${touched}")
        set(changed ${changed} "${touched}" PARENT_SCOPE)
    endif()
    if(what STREQUAL "INSTALL")
        cmake_path(REPLACE_FILENAME plan "dependencies.zip" OUTPUT_VARIABLE zip)
        _gordon_edge("${zip}" "${work}/${key}.dependencies.zip.stamp" "${plan}.install.d"
            COMMAND install "--plan" "${plan}"
            DEPENDS "${plan}" ${depends}
            COMMENT "Installing what ${shown} depends on")
        set(before "${edge}")
        set(installed "--installed")
    endif()
    set(executable "")
    set(program "")
    if(what STREQUAL "TARGET")
        set(types EXECUTABLE)
        if(field_0 STREQUAL "layer")
            set(types EXECUTABLE SHARED_LIBRARY MODULE_LIBRARY)
        endif()
        _gordon_target("${shown}" "${field_6}" "${field_7}" "${types}")
    endif()
    _gordon_edge("${output}/code/${key}" "${work}/${key}.stamp" "${plan}.d" MANY
        COMMAND package "--plan" "${plan}" ${installed} ${program}
        DEPENDS "${plan}" ${before} ${executable} ${depends}
        COMMENT "Packing ${shown}")
    set(outputs ${outputs} "${edge}" PARENT_SCOPE)
    set(zips ${zips} "${output}/code/${key}" PARENT_SCOPE)
endfunction()

# _gordon_target(<reference> <target> <place> <types>): sets `executable` to the file of a target, and
# `program` to the options of `gordon package` for it. The target must have one of the types.
function(_gordon_target reference target place types)
    set(file "$<TARGET_FILE:${target}>")
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
    _gordon_check_target_later("${reference}" "${target}" "${place}" "${types}")
endfunction()

# Has a target checked at the end of this directory. The names are kept in properties: arguments of a
# deferred call would have to be written as code.
function(_gordon_check_target_later reference target place types)
    get_property(n GLOBAL PROPERTY _gordon_targets)
    math(EXPR n "0${n} + 1")
    set_property(GLOBAL PROPERTY _gordon_targets ${n})
    foreach(variable IN ITEMS reference target place types)
        set_property(GLOBAL PROPERTY _gordon_target_${n}_${variable} "${${variable}}")
    endforeach()
    set_property(GLOBAL PROPERTY _gordon_target_${n}_directory "${CMAKE_CURRENT_SOURCE_DIR}")
    cmake_language(DEFER CALL _gordon_check_targets)
endfunction()

# Checks the targets that were to be checked at the end of this directory. An imported target is known
# only in its directory; any other may be added until the end of the whole project.
function(_gordon_check_targets)
    get_property(count GLOBAL PROPERTY _gordon_targets)
    foreach(n RANGE 1 ${count})
        foreach(variable IN ITEMS reference target place types directory)
            get_property(${variable} GLOBAL PROPERTY _gordon_target_${n}_${variable})
        endforeach()
        if(NOT directory STREQUAL CMAKE_CURRENT_SOURCE_DIR)
            continue()
        endif()
        if(NOT TARGET "${target}" AND NOT directory STREQUAL CMAKE_SOURCE_DIR)
            set_property(GLOBAL PROPERTY _gordon_target_${n}_directory "${CMAKE_SOURCE_DIR}")
            cmake_language(DEFER DIRECTORY "${CMAKE_SOURCE_DIR}" CALL _gordon_check_targets)
        else()
            set_property(GLOBAL PROPERTY _gordon_target_${n}_directory "")
            _gordon_check_target("${reference}" "${target}" "${place}" "${types}")
        endif()
    endforeach()
endfunction()

# Stops if a target does not exist or has none of the types.
function(_gordon_check_target reference target place types)
    set(type "")
    if(TARGET "${target}")
        get_target_property(type "${target}" TYPE)
    endif()
    set(what "${reference}") # of a layer it says so
    set(wanted "executable")
    if(types STREQUAL "EXECUTABLE")
        set(what "the lambda '${reference}'")
    else()
        string(APPEND wanted " and no shared library")
    endif()
    # CMake does not wrap a line that begins with a space.
    if(NOT type)
        message(FATAL_ERROR "gordon_add_project: there is no target '${target}', the code of "
            "${what}:\n  ${place}")
    elseif(NOT type IN_LIST types)
        message(FATAL_ERROR "gordon_add_project: the target '${target}', the code of ${what}, "
            "is no ${wanted} but of the type ${type}:\n  ${place}")
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
        "STAGES;DEPENDS")
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
        if(NOT stage MATCHES "^[a-z][a-z0-9-]+$" OR length GREATER 16)
            message(FATAL_ERROR
                "gordon_add_project: a stage is 2 to 16 of a-z, 0-9 and '-', a letter first, "
                "not '${stage}'")
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
            "--work-dir" "${work}" "--binary-dir" "${CMAKE_CURRENT_BINARY_DIR}"
        RESULT_VARIABLE failed)
    if(failed)
        message(FATAL_ERROR "gordon_add_project: the settings of ${name} have errors, see above")
    endif()

    _gordon_note_depends()
    _gordon_read_plan("${work}/plan.list")
    if(changed)
        _gordon_compare_inputs()
    endif()
    list(GET templates 0 first)
    cmake_path(GET first FILENAME first)
    _gordon_edge("${templates};${artifacts}" "${work}/${first}.stamp" "${work}/templates.d"
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
    set_property(TARGET ${name} PROPERTY GORDON_ZIPS ${zips} ${artifacts})
    set_property(TARGET ${name} PROPERTY GORDON_SETTINGS "${settings}") # for gordon_add_test
    set_property(TARGET ${name} PROPERTY GORDON_OUTPUT "${output}")
    _gordon_add_release_targets()
    _gordon_add_stage_targets(apply ${name} apply)
    _gordon_add_stage_targets(diff ${name} diff --changes-ok)
    _gordon_add_stage_targets(status "" status)
    _gordon_add_stage_targets(delete "" delete)
    _gordon_add_stage_targets(delete-confirm "" delete --confirm)
endfunction()

cmake_policy(POP)
