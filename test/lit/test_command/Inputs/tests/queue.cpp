// SPDX-License-Identifier: Apache-2.0
#include "queue.h"

int pushed;

void push() { pushed++; }
