#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# exits.sh N COMMAND...: success if COMMAND ends with exit status N. Its input and output are untouched.
want=$1
shift
"$@"
got=$?
if ((got != want)); then
  echo "exits.sh: exit status $got instead of $want: $*" >&2
  exit 1
fi
