// SPDX-License-Identifier: Apache-2.0
//
// oracle_programs [--first SEED] [--count N] [--seconds S] [--print]: runs random programs on baton and compares what
// the detector found with the races that the log has. Prints what differs, with the command that replays it; exits 1
// then. With --print, also what the program is and what it did.
#include <boost/program_options.hpp>
#include <chrono>
#include <cstdio>
#include <iostream>

#include "test/oracle/interpreted/edges.h"
#include "test/oracle/interpreted/program.h"
#include "test/oracle/interpreted/sites.h"

namespace {

using namespace oracle;

struct Totals {
  uint64_t programs = 0, races = 0, findings = 0, operations = 0, unclear = 0;
};

constexpr int kMostAmbiguous = 6;

// Runs the program once. Returns what differs; `unclear` if the log could not tell what happened.
std::vector<std::string> try_once(const Program& program, Totals& totals, Run* kept, bool* unclear) {
  take_findings();
  Run run = execute(program);
  const std::vector<Finding> findings = take_findings();
  std::vector<std::string> differences;
  *unclear = false;
  for (unsigned variant = 0;; variant++) {
    History history;
    std::string problem;
    const int ambiguous = make_history(program, run, variant, history, problem);
    if (ambiguous < 0 || ambiguous > kMostAmbiguous) {
      *unclear = problem.starts_with("a select panicked") || ambiguous > kMostAmbiguous;
      if (!*unclear) differences = {"the log makes no sense: " + problem};
      break;
    }
    if (!history.order()) {
      differences = {"the log makes no sense: its edges form a circle"};
      break;
    }
    std::vector<std::string> found = history.differences(findings, Sites::kUnique);
    if (variant == 0) {
      totals.races += history.race_count();
      totals.findings += findings.size();
      differences = found;
    }
    if (found.empty()) {
      differences.clear();
      break;
    }
    if (variant + 1 >= 1u << ambiguous) break;
  }
  if (kept != nullptr) *kept = std::move(run);
  return differences;
}

// Takes away what is not needed to go wrong.
Program shrink(Program program) {
  for (bool smaller = true; smaller;) {
    smaller = false;
    for (size_t g = 0; g < program.goroutines.size(); g++) {
      for (size_t i = program.goroutines[g].size(); i-- > 0;) {
        const Op op = program.goroutines[g][i];
        if (op.code == Code::kGo || op.code == Code::kAfterFunc || op.code == Code::kUnlock ||
            op.code == Code::kReadUnlock || op.code == Code::kWriteUnlock) {
          continue;
        }
        Program less = program;
        less.goroutines[g].erase(less.goroutines[g].begin() + static_cast<ptrdiff_t>(i));
        if (op.code == Code::kDone) less.added[op.a]--;
        for (int attempt = 0; attempt < 10; attempt++) {
          Totals ignored;
          bool unclear;
          if (try_once(less, ignored, nullptr, &unclear).empty()) continue;
          program = less;
          smaller = true;
          break;
        }
      }
    }
  }
  return program;
}

void complain(const char* name, const Program& program, const std::vector<std::string>& differences, const Run& run) {
  std::printf("seed %llu at GOMAXPROCS=%d is wrong:\n%s%s", static_cast<unsigned long long>(program.seed),
              program.procs, text_of(program).c_str(), text_of(run).c_str());
  for (const std::string& difference : differences) std::printf("  %s\n", difference.c_str());
  std::printf("again: %s --first %llu --count 1\n", name, static_cast<unsigned long long>(program.seed));
  std::fflush(stdout);
}

int run(int argc, char** argv) {
  namespace po = boost::program_options;
  uint64_t first = 1, count = 1000, repeat = 1;
  double seconds = 0;
  po::options_description options("Options");
  options.add_options()("help", "show this")("first", po::value(&first), "first seed")(
      "count", po::value(&count), "number of programs")("repeat", po::value(&repeat), "runs of each")(
      "seconds", po::value(&seconds), "stop after that time")("print", "show programs and runs")(
      "trace", "say each seed before it is run")("shrink", "make a wrong program smaller");
  po::variables_map given;
  try {
    po::store(po::parse_command_line(argc, argv, options), given);
    po::notify(given);
  } catch (const po::error& error) {
    std::cerr << argv[0] << ": " << error.what() << '\n' << options;
    return 64;
  }
  if (given.count("help") != 0) {
    std::cout << options;
    return 0;
  }
  init_sites();
  const auto start = std::chrono::steady_clock::now();
  const auto elapsed = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(); };
  Totals totals;
  int wrong = 0;
  uint64_t seed = first;
  for (; seed < first + count && wrong < 30 && (seconds == 0 || elapsed() < seconds); seed++) {
    const Program program = generate(seed);
    if (given.count("trace") != 0) std::fprintf(stderr, "seed %llu\n", static_cast<unsigned long long>(seed));
    for (uint64_t i = 0; i < repeat; i++) {
      Run run;
      bool unclear = false;
      const std::vector<std::string> differences = try_once(program, totals, &run, &unclear);
      totals.programs++;
      totals.unclear += unclear ? 1 : 0;
      for (const auto& goroutine : run.goroutines) totals.operations += goroutine.size();
      if (given.count("print") != 0) std::printf("%s%s", text_of(program).c_str(), text_of(run).c_str());
      if (differences.empty()) continue;
      wrong++;
      complain(argv[0], program, differences, run);
      if (given.count("shrink") != 0) {
        const Program small = shrink(program);
        for (int attempt = 0; attempt < 100; attempt++) {
          const std::vector<std::string> again = try_once(small, totals, &run, &unclear);
          if (again.empty()) continue;
          std::printf("smaller:\n");
          complain(argv[0], small, again, run);
          break;
        }
      }
      break;
    }
  }
  std::printf(
      "oracle: seeds %llu to %llu: %llu programs, %llu operations, %llu races, %llu findings, %llu unclear, %d wrong; "
      "%.0f s\n",
      static_cast<unsigned long long>(first), static_cast<unsigned long long>(seed - 1),
      static_cast<unsigned long long>(totals.programs), static_cast<unsigned long long>(totals.operations),
      static_cast<unsigned long long>(totals.races), static_cast<unsigned long long>(totals.findings),
      static_cast<unsigned long long>(totals.unclear), wrong, elapsed());
  return wrong == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) { return run(argc, argv); }
