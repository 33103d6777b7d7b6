#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# install.sh BUILD SOURCE: makes the .deb, installs it with nothing but what it asks for into a fresh Debian 12, and does
# there what a user does: baton doctor, baton run -race, and the examples for CMake, Make and Meson with the commands of
# the CI examples. Needs root, debootstrap and the network: ctest --preset release -L debian -C debian. Whatever it made is
# gone afterwards.
set -euo pipefail
build=$1 source=$2
[ "$(id -u)" = 0 ] && command -v debootstrap > /dev/null || { echo "skipped: it takes root and debootstrap"; exit 77; }

work=$(mktemp -d)
root=$work/root
clean_up() {
  if mountpoint -q "$root/proc"; then umount "$root/proc"; fi
  if mountpoint -q "$root/dev"; then umount "$root/dev"; fi
  rm -rf --one-file-system "$work"
}
trap clean_up EXIT

cpack --config "$build/CPackConfig.cmake" -B "$work/package" > "$work/log"
debootstrap --variant=minbase bookworm "$root" http://deb.debian.org/debian > "$work/log" || { tail "$work/log"; exit 1; }
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
cp /etc/resolv.conf "$root/etc/"
cp "$work"/package/baton_*.deb "$root/tmp/"
cp -r "$source/docs/examples" "$root/tmp/examples"
cp "$source/test/lit/packaging/Inputs/run_ci.py" "$root/tmp/"

inside() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"; }
expect() {  # STATUS TEXT COMMAND...: ends with STATUS and prints TEXT
  local wanted=$1 text=$2 status=0
  shift 2
  inside "$@" > "$work/out" 2>&1 || status=$?
  if [ $status = "$wanted" ] && grep -qF -- "$text" "$work/out"; then
    echo "ok: $*"
  else
    echo "status $status instead of $wanted, or not said '$text': $*"
    cat "$work/out"
    exit 1
  fi
}

expect 0 "Setting up baton" sh -c 'apt-get install -y -q --no-install-recommends /tmp/baton_*.deb'
expect 0 "Nothing is wrong." baton doctor
expect 66 'data race on `counter` of type int, declared at /tmp/examples/book/listing09.cpp' \
  baton run -race /tmp/examples/book/listing09.cpp
expect 0 "Setting up" apt-get install -y -q --no-install-recommends cmake ninja-build make meson pkg-config python3
expect 0 "run_ci: status 66" sh -c 'cp -r /tmp/examples/cmake /tmp/one && python3 /tmp/run_ci.py /tmp/examples/ci/github.yml /tmp/one /usr'
expect 0 "run_ci: status 66" sh -c 'cp -r /tmp/examples/cmake /tmp/two && python3 /tmp/run_ci.py /tmp/examples/ci/gitlab.yml /tmp/two /usr'
expect 66 "Found 1 data race(s)" sh -c 'cd /tmp/examples/make && make -s RACE=1 && ./bank'
expect 66 "Found 1 data race(s)" \
  sh -c 'cd /tmp/examples/meson && CXX=clang++-19 meson setup build -Drace=true && ninja -C build && build/bank'
