// SPDX-License-Identifier: Apache-2.0
//
// A race as one line of JSON, and the summary at the end. docs/json.md is the schema; `baton report` reads it.

#include <elf.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "detector/src/race_report.h"

namespace baton::detector {
namespace {

using ull = unsigned long long;

constexpr int kVersion = 1;

// `"key":value` after a comma.
void field(Writer& out, const char* key, const char* text) {
  out.print(",\"%s\":", key);
  if (text != nullptr) {
    out.json(text);
  } else {
    out.print("null");
  }
}
void field(Writer& out, const char* key, uint64_t number) { out.print(",\"%s\":%llu", key, static_cast<ull>(number)); }
void flag(Writer& out, const char* key, bool value) { out.print(",\"%s\":%s", key, value ? "true" : "false"); }
void address_field(Writer& out, const char* key, uintptr_t address) {
  out.print(",\"%s\":\"0x%012lx\"", key, static_cast<unsigned long>(address));
}

// The GNU build id of the executable, in hex; empty if it was linked without one.
struct BuildId {
  char hex[129] = "";
};

int find_build_id(dl_phdr_info* info, size_t, void* to) {
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr)& header = info->dlpi_phdr[i];
    if (header.p_type != PT_NOTE) continue;
    uintptr_t at = info->dlpi_addr + header.p_vaddr;
    for (uintptr_t end = at + header.p_memsz; at + sizeof(ElfW(Nhdr)) <= end;) {
      const auto* note = reinterpret_cast<const ElfW(Nhdr)*>(at);
      const char* name = reinterpret_cast<const char*>(note + 1);
      const auto* data = reinterpret_cast<const unsigned char*>(name + ((note->n_namesz + 3) & ~3u));
      if (note->n_type == NT_GNU_BUILD_ID && note->n_namesz == 4 && memcmp(name, "GNU", 4) == 0) {
        for (unsigned j = 0; j < note->n_descsz && j < 64; ++j) {
          snprintf(static_cast<BuildId*>(to)->hex + size_t{2} * j, 3, "%02x", data[j]);
        }
        return 1;
      }
      at = reinterpret_cast<uintptr_t>(data) + ((note->n_descsz + 3) & ~3u);
    }
  }
  return 1;  // the first object is the executable
}

void print_process(Writer& out) {
  out.print(",\"version\":%d,\"pid\":%d", kVersion, getpid());
  char program[4096];
  ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
  program[length > 0 ? length : 0] = '\0';
  field(out, "program", program);
  BuildId id;
  dl_iterate_phdr(find_build_id, &id);
  field(out, "build_id", id.hex);
  timespec now;
  tm utc;
  clock_gettime(CLOCK_REALTIME, &now);
  gmtime_r(&now.tv_sec, &utc);
  char time[64];
  size_t n = strftime(time, sizeof time, "%Y-%m-%dT%H:%M:%S", &utc);
  snprintf(time + n, sizeof time - n, ".%03ldZ", now.tv_nsec / 1000000);
  field(out, "time", time);
}

void print_stack(Writer& out, const Stack& stack) {
  out.print("[");
  for (size_t i = 0; i < stack.count; ++i) {
    const Frame& frame = *stack[i];
    out.print("%s{\"function\":", i == 0 ? "" : ",");
    out.json(frame.function);
    field(out, "file", frame.file);
    field(out, "line", static_cast<uint64_t>(frame.line));
    field(out, "column", static_cast<uint64_t>(frame.column));
    field(out, "offset", frame.offset);
    flag(out, "inlined", frame.inlined);
    field(out, "module", frame.module);
    out.print("}");
  }
  out.print("]");
}

void print_locks(Writer& out, const Side& side) {
  out.print(",\"locks\":[");
  for (size_t i = 0; i < side.locks.count; ++i) {
    const HeldLock& lock = side.locks[i];
    out.print("%s{\"address\":\"0x%012lx\"", i == 0 ? "" : ",", static_cast<unsigned long>(lock.address));
    field(out, "name", lock.name);
    field(out, "mode", lock.shared ? "read" : "write");
    out.print(",\"stack\":");
    print_stack(out, lock.stack);
    out.print("}");
  }
  out.print("]");
  flag(out, "locks_known", side.locks_known);
}

// A goroutine's number, or a thread's.
void actor_field(Writer& out, uint64_t task_id) {
  field(out, (task_id & kThreadBit) != 0 ? "thread" : "goroutine", task_id & ~kThreadBit);
}

void print_side(Writer& out, const Side& side) {
  out.print("{\"kind\":");
  out.json(side.what);
  flag(out, "write", writes(side.access.kind));
  flag(out, "atomic", is_atomic(side.access.kind));
  field(out, "size", side.access.size);
  address_field(out, "address", side.access.address);
  actor_field(out, side.access.owner.task_id);
  print_locks(out, side);
  out.print(",\"stack\":");
  print_stack(out, side.stack);
  out.print("}");
}

void print_location(Writer& out, const Location& location) {
  constexpr const char* kKinds[] = {"unknown", "global", "heap", "stack", "thread-local"};
  out.print(",\"location\":{\"kind\":\"%s\"", kKinds[location.kind]);
  field(out, "name", location.name);
  field(out, "variable", location.root);
  field(out, "type", location.type);
  address_field(out, "address", location.address);
  field(out, "size", location.size);
  field(out, "file", shown_file(location.file));
  field(out, "line", static_cast<uint64_t>(location.line));
  actor_field(out, location.goroutine);
  out.print(",\"stack\":");
  print_stack(out, location.stack);
  if (location.freed_by != 0) {
    out.print(",\"freed\":{\"stack\":");
    print_stack(out, location.freed);
    actor_field(out, location.freed_by);
    out.print("}");
  }
  out.print("}");
}

void print_goroutines(Writer& out, const List<Goroutine>& goroutines) {
  out.print(",\"goroutines\":[");
  for (size_t i = 0; i < goroutines.count; ++i) {
    const Goroutine& goroutine = goroutines[i];
    out.print("%s{\"%s\":%llu,\"state\":\"%s\",\"created\":[", i == 0 ? "" : ",",
              (goroutine.id & kThreadBit) != 0 ? "thread" : "id", static_cast<ull>(goroutine.id & ~kThreadBit),
              goroutine.finished ? "finished" : "running");
    for (size_t j = 0; j < goroutine.created.count; ++j) {
      if (j != 0) out.print(",");
      print_stack(out, goroutine.created[j]);
    }
    out.print("]}");
  }
  out.print("]");
}

}  // namespace

void print_race_json(Writer& out, const RaceReport& report) {
  out.print("{\"type\":\"race\"");
  print_process(out);
  field(out, "number", report.number);
  field(out, "kind", report.kind);
  char fingerprint[32];
  snprintf(fingerprint, sizeof fingerprint, "b1:%016llx", static_cast<ull>(report.fingerprint));
  field(out, "fingerprint", fingerprint);
  field(out, "pattern", report.pattern);
  field(out, "help", report.help);
  out.print(",\"accesses\":[");
  print_side(out, report.current);
  out.print(",");
  print_side(out, report.previous);
  out.print("]");
  print_location(out, report.location);
  print_goroutines(out, report.goroutines);
  out.print("}\n");
}

void print_summary_json(Writer& out, uint64_t races, uint64_t suppressed, int status) {
  out.print("{\"type\":\"summary\"");
  print_process(out);
  field(out, "races", races);
  field(out, "suppressed", suppressed);
  field(out, "status", static_cast<uint64_t>(status));
  out.print("}\n");
}

}  // namespace baton::detector
