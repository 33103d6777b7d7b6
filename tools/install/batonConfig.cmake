# find_package(baton): the target baton::baton, baton_enable_race(TARGET) for the data-race detector, and
# baton_discover_tests(TARGET) for programs of GoogleTest.
#
#   find_package(baton REQUIRED)
#   add_executable(server server.cpp)
#   target_link_libraries(server PRIVATE baton::baton)
#   baton_enable_race(server)                             # as -race does for baton-c++
#
# The compiler is clang++ 19, or baton-c++. The package has no paths of its own: it asks bin/baton, which finds the rest of
# the installation from where it is itself.
get_filename_component(_baton_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
set(BATON_COMMAND "${_baton_prefix}/bin/baton")

get_filename_component(_baton_compiler "${CMAKE_CXX_COMPILER}" NAME)
if(_baton_compiler STREQUAL "baton-c++")
  set(_baton_wrapper TRUE)
elseif(CMAKE_CXX_COMPILER_ID MATCHES "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 19
       AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 20)
  set(_baton_wrapper FALSE)
else()
  set(baton_FOUND FALSE)
  set(baton_NOT_FOUND_MESSAGE
    "baton compiles with clang++ 19, and CMAKE_CXX_COMPILER is ${CMAKE_CXX_COMPILER} (${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}); configure a fresh build folder with -DCMAKE_CXX_COMPILER=${_baton_prefix}/bin/baton-c++")
  return()
endif()

function(_baton_flags result)
  execute_process(COMMAND "${BATON_COMMAND}" flags ${ARGN} OUTPUT_VARIABLE text RESULT_VARIABLE status
    OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${BATON_COMMAND} flags failed (${status}): the installation is not complete; run `${BATON_COMMAND} doctor`")
  endif()
  separate_arguments(flags UNIX_COMMAND "${text}")
  set(${result} "${flags}" PARENT_SCOPE)
endfunction()

if(NOT TARGET baton::baton)
  add_library(baton::baton INTERFACE IMPORTED)
  target_include_directories(baton::baton INTERFACE "${_baton_prefix}/include")
  target_compile_features(baton::baton INTERFACE cxx_std_20)
  # A program has the detector or it has not: what a target links decides for it, and a contradiction is an error.
  set_property(TARGET baton::baton APPEND PROPERTY COMPATIBLE_INTERFACE_BOOL BATON_RACE)
  set(_baton_race "$<BOOL:$<TARGET_PROPERTY:BATON_RACE>>")
  if(_baton_wrapper)
    target_compile_options(baton::baton INTERFACE "$<${_baton_race}:-race>")
    target_link_options(baton::baton INTERFACE "$<${_baton_race}:-race>")
  else()
    # C files of the program are watched too if clang compiles them.
    set(_baton_ours "$<OR:$<COMPILE_LANG_AND_ID:CXX,Clang>,$<COMPILE_LANG_AND_ID:C,Clang>>")
    set(_baton_executable "$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>")
    foreach(_baton_kind plain race)
      set(_baton_option "")
      set(_baton_condition "$<NOT:${_baton_race}>")
      if(_baton_kind STREQUAL "race")
        set(_baton_option --race)
        set(_baton_condition "${_baton_race}")
      endif()
      _baton_flags(_baton_compile --cflags ${_baton_option})
      target_compile_options(baton::baton INTERFACE "$<$<AND:${_baton_ours},${_baton_condition}>:${_baton_compile}>")
      # Which libraries a target links may not depend on a property that its libraries pass on, but options may. So an
      # option chooses the folder of a linker script, and the script the libraries, which have to stand after the
      # program's own that need them. A shared library takes none: the one runtime of a process is in its executable.
      _baton_flags(_baton_link --libs ${_baton_option})
      set(_baton_archives ${_baton_link})
      list(FILTER _baton_archives INCLUDE REGEX "[.]a$")
      list(FILTER _baton_link EXCLUDE REGEX "[.]a$|^-l|--library")
      list(JOIN _baton_archives "\" \"" _baton_archives)
      set(_baton_folder "${CMAKE_BINARY_DIR}/CMakeFiles/baton-${_baton_kind}")
      file(WRITE "${_baton_folder}/libbaton_program.a" "INPUT(\"${_baton_archives}\")\n")
      target_link_options(baton::baton INTERFACE
        "$<$<AND:${_baton_executable},${_baton_condition}>:-L${_baton_folder};${_baton_link}>")
    endforeach()
    target_link_libraries(baton::baton INTERFACE
      "$<${_baton_executable}:-Wl,--library=baton_program,--library=backtrace;-lpthread>")
  endif()
endif()

# baton_enable_race(TARGET...): builds the targets with the data-race detector; executables that link such a library get
# it too. Links baton::baton if the target does not.
function(baton_enable_race)
  foreach(target IN LISTS ARGN)
    if(NOT TARGET ${target})
      message(FATAL_ERROR "baton_enable_race: ${target} is not a target of this project")
    endif()
    get_target_property(type ${target} TYPE)
    if(type STREQUAL "INTERFACE_LIBRARY")
      message(FATAL_ERROR "baton_enable_race: ${target} is an INTERFACE library: it compiles nothing")
    endif()
    set_target_properties(${target} PROPERTIES BATON_RACE ON INTERFACE_BATON_RACE ON)
    # Not by target_link_libraries: its two signatures do not mix.
    set_property(TARGET ${target} APPEND PROPERTY LINK_LIBRARIES baton::baton)
    if(NOT type STREQUAL "EXECUTABLE")
      set_property(TARGET ${target} APPEND PROPERTY INTERFACE_LINK_LIBRARIES baton::baton)
    endif()
  endforeach()
endfunction()

# baton_discover_tests(TARGET ARGUMENTS...): each test of a GoogleTest program is a test of ctest; with the detector, one in
# which a race happened fails and says so. ARGUMENTS are those of gtest_discover_tests.
function(baton_discover_tests target)
  include(GoogleTest)
  target_sources(${target} PRIVATE "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../../../share/baton/gtest_listener.cpp")
  gtest_discover_tests(${target} ${ARGN})
endfunction()
