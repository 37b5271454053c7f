# What gordon_add_project adds for `gordon release`; it includes this file, and users do not.
include_guard(GLOBAL)
cmake_policy(PUSH)
cmake_policy(VERSION 3.25)

# <name>-release, and one for each of STAGES. Sees the variables of gordon_add_project.
function(_gordon_add_release_targets)
    foreach(stage IN LISTS arg_STAGES)
        _gordon_add_release("${name}-release-${stage}")
    endforeach()
    set(stage "${GORDON_STAGE}")
    if(stage IN_LIST arg_STAGES) # two targets with one edge would run it at once under Make
        add_custom_target(${name}-release)
        add_dependencies(${name}-release ${name}-release-${stage})
    else()
        _gordon_add_release("${name}-release")
    endif()
endfunction()

# One edge and its target. What is packed is in the depfile: parameters may not be there yet, and a list
# of all zips would be read at every start of Ninja. They are built before, as the target says. Ninja looks
# again at a release that stayed the same and was not touched; for Make it is touched, and what Make
# has added up of older depfiles is taken away (see _gordon_edge).
function(_gordon_add_release target)
    set(release "${CMAKE_CURRENT_BINARY_DIR}/${name}-${stage}.tar.gz")
    set(depfile "${work}/release-${stage}.d")
    set(forget "")
    set(touch "")
    if(CMAKE_GENERATOR MATCHES "Makefiles")
        set(forget "--forget"
            "${CMAKE_CURRENT_BINARY_DIR}/CMakeFiles/${target}.dir/compiler_depend.internal")
        set(touch COMMAND "${CMAKE_COMMAND}" -E touch "${release}")
    endif()
    _gordon_add_command(OUTPUT "${release}"
        COMMAND "${gordon}" release "--project" "${settings}" "--build-dir" "${output}"
            "--stage" "${stage}" ${region} "--output" "${release}" "--depfile" "${depfile}"
            ${ninja_root} ${forget}
        ${touch}
        DEPENDS ${settings_files} "${gordon}"
        DEPFILE "${depfile}"
        COMMENT "${name}: release, stage ${stage}"
        VERBATIM)
    add_custom_target(${target} DEPENDS "${release}")
    add_dependencies(${target} ${name})
endfunction()

cmake_policy(POP)
