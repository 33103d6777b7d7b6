// SPDX-License-Identifier: Apache-2.0
//
// oracle_check LOG FINDINGS [lines]: replays the log of a batch of generated programs by the clock operations of
// happens-before.md, and compares the races it has with what the detector found. With `lines`, a finding must also name
// the right lines of the source: so it is without optimisation, while an optimiser may merge two accesses into one.
// Prints what differs, and counts; exits 1 if anything differs.
#include <cstdio>
#include <cstring>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "test/oracle/checker.h"

namespace oracle {
namespace {

// The clock of a sync object: the nodes whose past it stands for.
using Clock = std::set<int>;

class Replay {
 public:
  explicit Replay(History& history) : history_(history) { add_goroutine(0); }

  void line(std::istringstream& in, char what) {
    switch (what) {
      case 'g': {
        int g, child;
        in >> g >> child;
        const int from = release(g);
        add_goroutine(child);
        history_.edge(from, history_.node(goroutines_[child]));
        break;
      }
      case 'a': {
        int g, site, kind, block;
        uint64_t offset, size;
        in >> g >> site >> kind >> block >> offset >> size;
        if (block >= 0) access(g, site, kind, block, offset, size);
        break;
      }
      case 's': {
        int g, operation;
        std::string object;
        in >> g >> operation >> object;
        synchronise(g, operation, objects_[object]);
        break;
      }
      case 'x': {
        int g, site, kind, order, block;
        uint64_t offset, size;
        std::string object;
        in >> g >> site >> kind >> order >> object >> block >> offset >> size;
        Clock& clock = objects_[object];
        if (kind != 1) learn(g, order, clock);
        if (block >= 0) access(g, site, kind == 0 ? kAtomicRead : kAtomicWrite, block, offset, size);
        if (kind != 0) publish(g, kind, order, clock);
        break;
      }
      case 'f': {
        int g, order;
        in >> g >> order;
        if (acquires(order)) acquire(g, pending_[g]);
        if (releases(order)) fenced_[g] = {release(g)};
        break;
      }
      default:
        std::fprintf(stderr, "unknown line of the log: %c\n", what);
        std::exit(2);
    }
  }

  int goroutine(int number) const {
    const auto found = goroutines_.find(number);
    return found == goroutines_.end() ? kAny - 1 : found->second;
  }

 private:
  static bool acquires(int order) { return order == 1 || order == 2 || order == 4 || order == 5; }
  static bool releases(int order) { return order == 3 || order == 4 || order == 5; }

  void add_goroutine(int number) { goroutines_[number] = history_.add_goroutine(); }

  void access(int g, int site, int kind, int block, uint64_t offset, uint64_t size) {
    history_.access(goroutines_[g], site, static_cast<Kind>(kind), static_cast<uint64_t>(block) << 32 | offset, size);
  }

  void acquire(int g, const Clock& clock) {
    const int node = history_.next(goroutines_[g]);
    for (int from : clock) history_.edge(from, node);
  }
  // Ends the node whose past is given away, and returns it.
  int release(int g) {
    const int node = history_.node(goroutines_[g]);
    history_.next(goroutines_[g]);
    return node;
  }

  void synchronise(int g, int operation, Clock& clock) {
    switch (operation) {
      case 0:
        acquire(g, clock);
        break;
      case 1:
        clock = {release(g)};
        break;
      case 2:
        clock.insert(release(g));
        break;
      case 3: {
        const Clock old = clock;
        clock = {release(g)};
        acquire(g, old);
        break;
      }
      default:
        std::exit(2);
    }
  }

  // An atomic read happens after what it reads, and an atomic write before what it publishes.
  void learn(int g, int order, const Clock& clock) {
    if (acquires(order)) {
      acquire(g, clock);
    } else {
      pending_[g].insert(clock.begin(), clock.end());
    }
  }
  void publish(int g, int kind, int order, Clock& clock) {
    Clock published = fenced_[g];
    if (releases(order)) published = {release(g)};
    if (kind == 1) clock.clear();
    clock.insert(published.begin(), published.end());
  }

  History& history_;
  std::map<int, int> goroutines_;
  std::map<std::string, Clock> objects_;
  std::map<int, Clock> fenced_;   // what the last release fence published
  std::map<int, Clock> pending_;  // what relaxed loads saw
};

// The lines of each program.
std::map<int, std::vector<std::string>> read(const char* path) {
  std::ifstream in(path);
  if (!in) {
    std::perror(path);
    std::exit(2);
  }
  std::map<int, std::vector<std::string>> result;
  std::vector<std::string>* program = nullptr;
  for (std::string line; std::getline(in, line);) {
    if (line[0] == 'p') {
      program = &result[std::stoi(line.substr(2))];
    } else {
      program->push_back(line);
    }
  }
  return result;
}

int check(const char* log_path, const char* findings_path, bool lines) {
  const auto logs = read(log_path);
  const auto found = read(findings_path);
  size_t races = 0, findings_count = 0;
  int wrong = 0;
  for (const auto& [number, log] : logs) {
    History history;
    Replay replay(history);
    for (const std::string& line : log) {
      std::istringstream in(line.substr(1));
      replay.line(in, line[0]);
    }
    if (!history.order()) {
      std::fprintf(stderr, "program %d: the log has a circle\n", number);
      return 2;
    }
    std::vector<Finding> findings;
    const auto program = found.find(number);
    if (program == found.end()) {
      std::printf("program %d: did not run\n", number);
      wrong++;
      continue;
    }
    for (const std::string& line : program->second) {
      std::istringstream in(line.substr(1));
      Finding finding;
      int block, kinds[2];
      uint64_t offset;
      in >> finding.now.goroutine >> kinds[0] >> finding.now.site >> finding.before.goroutine >> kinds[1] >>
          finding.before.site >> block >> offset >> finding.size;
      finding.now.kind = static_cast<Kind>(kinds[0]);
      finding.before.kind = static_cast<Kind>(kinds[1]);
      finding.now.goroutine = replay.goroutine(finding.now.goroutine);
      finding.before.goroutine = replay.goroutine(finding.before.goroutine);
      if (!lines) finding.now.site = finding.before.site = kAny;
      finding.begin = static_cast<uint64_t>(block) << 32 | offset;
      findings.push_back(finding);
    }
    races += history.race_count();
    findings_count += findings.size();
    const std::vector<std::string> differences = history.differences(findings, Sites::kShared);
    for (const std::string& difference : differences) std::printf("program %d: %s\n", number, difference.c_str());
    wrong += differences.empty() ? 0 : 1;
  }
  std::printf("%zu programs, %zu races, %zu findings, %d programs wrong\n", logs.size(), races, findings_count, wrong);
  return wrong == 0 ? 0 : 1;
}

}  // namespace
}  // namespace oracle

int main(int argc, char** argv) {
  if (argc < 3 || argc > 4 || (argc == 4 && std::strcmp(argv[3], "lines") != 0)) {
    std::fprintf(stderr, "usage: %s LOG FINDINGS [lines]\n", argv[0]);
    return 64;
  }
  return oracle::check(argv[1], argv[2], argc == 4);
}
