// SPDX-License-Identifier: Apache-2.0
#error "not named like a test"
