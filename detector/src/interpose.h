// SPDX-License-Identifier: Apache-2.0
//
// Functions of the C and C++ libraries that the detector replaces in the whole program: malloc and its family
// (interpose_malloc.cpp), operator new and delete (interpose_new.cpp), locks (interpose_pthread.cpp), threads
// (interpose_thread.cpp), strings (interpose_string.cpp), files (interpose_file.cpp), mappings (interpose_map.cpp).
#pragma once

namespace baton::detector {

// Each does nothing: a reference makes the linker take the replacements into every program that starts the detector,
// also if only shared libraries call them.
void use_interposed_malloc();
void use_interposed_pthread();
void use_interposed_thread();
void use_interposed_strings();
void use_interposed_files();
void use_interposed_map();

// Reserves the table of file descriptors; before that their edges are not seen.
void init_files();

}  // namespace baton::detector
