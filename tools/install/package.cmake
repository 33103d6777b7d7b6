# The .deb: `cpack --config build/release/CPackConfig.cmake`. Commands link the C and C++ libraries only (Boost is static), and
# what they drive is a dependency: the compiler, the C++ library with libbacktrace to link programs against, and libdw, by
# which reports name what raced: it is loaded, not linked.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME baton)
set(CPACK_PACKAGE_VENDOR "baton")
set(CPACK_PACKAGE_CONTACT "The baton authors <baton@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Goroutines and a data-race detector for C++20")
set(CPACK_PACKAGE_DESCRIPTION
  "Go-style concurrency for C++20: goroutines, channels, select. Built with -race,
a program reports its data races as go build -race does.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES OFF)  # libraries keep the lines of goroutine dumps
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "libc6 (>= 2.36), libstdc++6 (>= 12), clang-19, libstdc++-12-dev, libgcc-12-dev, libdw1")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "lld-19")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "cmake, libgtest-dev")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
