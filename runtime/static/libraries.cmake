# The program as one statically linked file (-DPROBEVUE_STATIC=ON, preset `static`): where its libraries come from. Included
# before they are looked for; probevue_link_static() after. Debian's packages have them as archives, but for
#
#     fmt, simdjson       compiled from Debian's sources, which `.ci/setup static` fetches
#     D-Bus, RDMA, TLS    what libpcap and libmicrohttpd do with other libraries, and probevue never asks for: absent.cpp

set(CMAKE_FIND_LIBRARY_SUFFIXES .a)
add_link_options(-static-pie LINKER:--gc-sections LINKER:-z,relro,-z,now)
# What the linker has to say of a C library in the file is what main.cpp sees to: no module for names is loaded.
include(CheckLinkerFlag)
check_linker_flag(CXX LINKER:--no-warnings PROBEVUE_QUIET_LINKER)
if(PROBEVUE_QUIET_LINKER)
    add_link_options(LINKER:--no-warnings)
endif()
check_linker_flag(CXX LINKER:-z,pack-relative-relocs PROBEVUE_SHORT_RELOCATIONS) # half a megabyte less
if(PROBEVUE_SHORT_RELOCATIONS)
    add_link_options(LINKER:-z,pack-relative-relocs)
endif()

# probevue_source(<variable> <package> <path>): a file of a source that .ci/setup fetches, unless the variable names another.
function(probevue_source variable package path)
    file(GLOB found ${PROJECT_SOURCE_DIR}/build/sources/${package}-*/${path})
    set(${variable} "${found}" CACHE FILEPATH "${path} of the source of ${package}")
    if(NOT EXISTS "${${variable}}")
        message(FATAL_ERROR "a statically linked program needs the source of ${package}: '.ci/setup static' fetches Debian's, "
            "or name its ${path} with -D${variable}=...")
    endif()
endfunction()
probevue_source(PROBEVUE_SIMDJSON simdjson singleheader/simdjson.cpp)
probevue_source(PROBEVUE_FMT fmtlib src/format.cc)

# probevue_link_static(): what archives need, which the .pc files of shared libraries do not say.
function(probevue_link_static)
    foreach(row "libedit bsd libbsd-dev" "libedit tinfo libncurses-dev"
                "ncursesw tinfo libncurses-dev" "libelf z zlib1g-dev" "libelf zstd libzstd-dev" "libbpf elf libelf-dev"
                "libbpf z zlib1g-dev" "libbpf zstd libzstd-dev")
        string(REPLACE " " ";" row ${row})
        list(GET row 0 module)
        list(GET row 1 library)
        list(GET row 2 package)
        find_library(PROBEVUE_STATIC_${library} ${library})
        probevue_require("${PROBEVUE_STATIC_${library}}" "lib${library}.a" ${package})
        target_link_libraries(PkgConfig::${module} INTERFACE ${PROBEVUE_STATIC_${library}})
    endforeach()

    add_library(static_absent OBJECT ${PROJECT_SOURCE_DIR}/runtime/static/absent.cpp)
    target_compile_options(static_absent PRIVATE -Wall -Wextra -Wshadow -Wconversion $<$<BOOL:${PROBEVUE_WERROR}>:-Werror>)
    # Objects, which come before all archives: what they define is not taken from those.
    target_link_libraries(PkgConfig::libpcap INTERFACE $<TARGET_OBJECTS:static_absent>)
    target_link_libraries(PkgConfig::libmicrohttpd INTERFACE $<TARGET_OBJECTS:static_absent>)

    # Against the headers of the packages, which our code is compiled with too. Those of simdjson must be of the same version.
    add_library(static_simdjson STATIC ${PROBEVUE_SIMDJSON})
    target_compile_options(static_simdjson PRIVATE -w)
    cmake_path(GET PROBEVUE_SIMDJSON PARENT_PATH folder)
    file(STRINGS ${folder}/simdjson.h of_source REGEX "^#define SIMDJSON_VERSION")
    find_file(PROBEVUE_SIMDJSON_HEADER simdjson.h)
    file(STRINGS ${PROBEVUE_SIMDJSON_HEADER} of_package REGEX "^#define SIMDJSON_VERSION")
    if(NOT of_source STREQUAL of_package)
        message(FATAL_ERROR "${PROBEVUE_SIMDJSON} is of another version than ${PROBEVUE_SIMDJSON_HEADER}: "
            "remove build/sources, and '.ci/setup static' fetches it anew")
    endif()
    set_target_properties(PkgConfig::simdjson PROPERTIES INTERFACE_LINK_LIBRARIES static_simdjson)

    add_library(static_fmt STATIC ${PROBEVUE_FMT})
    target_compile_options(static_fmt PRIVATE -w)
    add_library(probevue::fmt INTERFACE IMPORTED)
    target_link_libraries(probevue::fmt INTERFACE static_fmt)
    get_target_property(definitions fmt::fmt INTERFACE_COMPILE_DEFINITIONS)
    target_compile_definitions(probevue::fmt INTERFACE ${definitions})
endfunction()

# probevue_finish_static(): what the program says and does otherwise in this form. Compiled differently is besides what each
# packet and each event goes through: for speed, where the rest is compiled for size.
function(probevue_finish_static)
    string(TOUPPER "${CMAKE_BUILD_TYPE}" type)
    if("${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${type}}" MATCHES "-Os")
        foreach(folder values jit engine sources session)
            target_compile_options(runtime_${folder} PRIVATE -O2)
        endforeach()
    endif()
    foreach(row "builtins_base builtins/base/name_service.cpp" "probevue runtime/cli/main.cpp" "runtime_metrics runtime/metrics/push.cpp")
        string(REPLACE " " ";" row ${row})
        list(GET row 0 target)
        list(GET row 1 file)
        set_property(SOURCE ${PROJECT_SOURCE_DIR}/${file} TARGET_DIRECTORY ${target}
            APPEND PROPERTY COMPILE_DEFINITIONS PROBEVUE_STATIC=1)
    endforeach()
endfunction()

# probevue_write_licences(): beside the program, those of all that is in it.
function(probevue_write_licences)
    target_link_options(probevue PRIVATE LINKER:-Map=${PROJECT_BINARY_DIR}/probevue.map LINKER:-s)
    set(licences ${PROJECT_BINARY_DIR}/probevue.licences)
    add_custom_command(
        OUTPUT ${licences}
        COMMAND ${PROJECT_SOURCE_DIR}/runtime/static/licences ${PROJECT_BINARY_DIR}/probevue.map ${licences}
        DEPENDS probevue ${PROJECT_SOURCE_DIR}/runtime/static/licences ${PROJECT_SOURCE_DIR}/runtime/static/packages.txt
            ${PROJECT_SOURCE_DIR}/LICENSE
        COMMENT "Collecting the licences of what is linked"
        VERBATIM)
    add_custom_target(static_licences ALL DEPENDS ${licences})
    install(FILES ${licences} DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME licences-of-libraries)
endfunction()
