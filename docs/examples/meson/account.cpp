// SPDX-License-Identifier: Apache-2.0
#include "account.h"

void Account::deposit(long amount) { balance += amount; }
