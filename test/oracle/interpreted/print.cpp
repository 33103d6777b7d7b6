// SPDX-License-Identifier: Apache-2.0
//
// Programs and runs as text, for the reader of a failure.
#include "test/oracle/interpreted/program.h"

namespace oracle {
namespace {

const char* name_of(Code code) {
  switch (code) {
#define ORACLE_CODE(name, text) \
  case Code::name:              \
    return text;
#include "test/oracle/interpreted/codes.def"
#undef ORACLE_CODE
  }
  return "?";
}

std::string text_of(const Op& op) {
  return std::to_string(op.site) + ": " + name_of(op.code) + " " + std::to_string(op.a) + " " + std::to_string(op.b) +
         " order " + std::to_string(op.order) + "," + std::to_string(op.failure);
}

}  // namespace

std::string text_of(const Program& program) {
  std::string out = "program: seed " + std::to_string(program.seed) + ", GOMAXPROCS " + std::to_string(program.procs) +
                    (program.reset ? ", memory reset" : "") + ", channel capacities";
  for (int capacity : program.capacity) out += " " + std::to_string(capacity);
  out += "\n";
  for (size_t i = 0; i < program.selects.size(); i++) {
    out += "  select " + std::to_string(i) + ":";
    for (const Case& part : program.selects[i]) {
      out += std::string(part.sends ? " send to " : " receive from ") + std::to_string(part.channel);
    }
    out += "\n";
  }
  return out;
}

std::string text_of(const Run& run) {
  std::string out;
  for (size_t g = 0; g < run.goroutines.size(); g++) {
    out += "  goroutine " + std::to_string(g) + "\n";
    for (const Record& record : run.goroutines[g]) {
      out += "    " + text_of(record.op) + "   [" + std::to_string(record.begin) + "," + std::to_string(record.end) +
             "]" + (record.ok ? " ok" : "") + (record.panicked ? " panicked" : "") +
             (record.value >= 0 ? " value " + std::to_string(record.value) : "") +
             (record.section > 0 ? " section " + std::to_string(record.section) : "") +
             (record.chosen >= 0 ? " chosen " + std::to_string(record.chosen) : "") +
             (record.block > 0 ? " block " + std::to_string(record.block) : "") + "\n";
    }
  }
  return out;
}

}  // namespace oracle
