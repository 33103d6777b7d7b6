// SPDX-License-Identifier: Apache-2.0
//
// The plugin's entry point and its places in the pipeline: at the start the fix for thread-local addresses (always) and
// the marks for polls and for race instrumentation, at the end polls (always), then the undoing of the fix where it is
// not needed, then the race instrumentation, whose checks get their inline tests last of all. Both ends are run at
// every optimisation level.
//
// By name, for opt -passes=: baton-thread-local, baton-thread-local-leaf, baton-preempt-mark, baton-preempt,
// baton-race-mark, baton-race (and baton-race<eliminate> for what is done at -O1 and above), baton-race-inline. Given
// by name, a pass runs whatever the switches say.
#include "instrument/eliminate/keep_rolled.h"
#include "instrument/inline_check.h"
#include "instrument/options.h"
#include "instrument/preempt.h"
#include "instrument/race.h"
#include "instrument/thread_local.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Passes/PassPlugin.h"
#include "llvm/Transforms/Scalar/EarlyCSE.h"

namespace {

using namespace llvm;

void at_start(ModulePassManager& passes, OptimizationLevel) {
  if (baton::option_preempt) passes.addPass(baton::PreemptMarkPass());
  if (baton::option_thread_local) passes.addPass(baton::ThreadLocalPass());
  if (baton::option_race) passes.addPass(baton::RaceMarkPass());
}

// Whatever the rules are: with them and without them the same code is checked.
void before_unrolling(LoopPassManager& passes, OptimizationLevel level) {
  if (baton::option_race && level != OptimizationLevel::O0) passes.addPass(baton::KeepUnevenRolledPass());
}

void before_vectors(FunctionPassManager& passes, OptimizationLevel level) {
  if (baton::option_race && baton::option_loops && level != OptimizationLevel::O0)
    passes.addPass(baton::KeepRolledPass());
}

void at_end(ModulePassManager& passes, OptimizationLevel level) {
  // The pipeline ends with branches merged that compute one thing twice, the counter of a loop for instance, which then
  // does not seem to move evenly.
  if (baton::option_race && level != OptimizationLevel::O0)
    passes.addPass(createModuleToFunctionPassAdaptor(EarlyCSEPass()));
  if (baton::option_preempt) passes.addPass(baton::PreemptPass());
  if (baton::option_thread_local) passes.addPass(baton::ThreadLocalLeafPass());
  if (baton::option_race) passes.addPass(baton::RacePass(level != OptimizationLevel::O0));
  if (baton::option_race && baton::option_inline) passes.addPass(baton::InlineCheckPass());
}

bool add_by_name(StringRef name, ModulePassManager& passes, ArrayRef<PassBuilder::PipelineElement>) {
  if (name == "baton-thread-local") {
    passes.addPass(baton::ThreadLocalPass());
  } else if (name == "baton-thread-local-leaf") {
    passes.addPass(baton::ThreadLocalLeafPass());
  } else if (name == "baton-preempt-mark") {
    passes.addPass(baton::PreemptMarkPass());
  } else if (name == "baton-preempt") {
    passes.addPass(baton::PreemptPass());
  } else if (name == "baton-race-mark") {
    passes.addPass(baton::RaceMarkPass());
  } else if (name == "baton-race") {
    passes.addPass(baton::RacePass(false));
  } else if (name == "baton-race<eliminate>") {
    passes.addPass(baton::RacePass(true));
  } else if (name == "baton-race-inline") {
    passes.addPass(baton::InlineCheckPass());
  } else {
    return false;
  }
  return true;
}

void register_passes(PassBuilder& builder) {
  builder.registerPipelineStartEPCallback(at_start);
  builder.registerLateLoopOptimizationsEPCallback(before_unrolling);
  builder.registerVectorizerStartEPCallback(before_vectors);
  builder.registerOptimizerLastEPCallback(at_end);
  builder.registerPipelineParsingCallback(add_by_name);
}

}  // namespace

extern "C" LLVM_ATTRIBUTE_WEAK __attribute__((visibility("default"))) PassPluginLibraryInfo llvmGetPassPluginInfo() {
  return {LLVM_PLUGIN_API_VERSION, "baton", LLVM_VERSION_STRING, register_passes};
}
