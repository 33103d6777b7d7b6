#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# format.sh CLANG-FORMAT ROOT: fails if a source file is not formatted as .clang-format says, naming file and line.
set -euo pipefail
cd "$2"
mapfile -t files < <(find detector runtime instrument tools test docs \
  \( -name '*.h' -o -name '*.hpp' -o -name '*.c' -o -name '*.cpp' \) | sort)
((${#files[@]} > 0)) || { echo "no source files under $2"; exit 1; }
"$1" --dry-run -Werror "${files[@]}"
