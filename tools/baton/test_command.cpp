// SPDX-License-Identifier: Apache-2.0
//
// `baton test`: builds the test programs and runs them, several at a time. Each program writes its races as JSON into
// a folder of its own, so that a race which many programs find is shown once, at the end; what a program prints is
// shown only if it fails.
//
// A program that runs too long gets SIGQUIT, on which it prints all its goroutines, and two seconds later SIGKILL.
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "tools/baton/build.h"
#include "tools/baton/child.h"
#include "tools/baton/command_line.h"
#include "tools/baton/commands.h"
#include "tools/baton/gate.h"
#include "tools/baton/options.h"
#include "tools/baton/temp_dir.h"
#include "tools/baton/test_programs.h"
#include "tools/common/clang_flags.h"
#include "tools/common/prefix.h"
#include "tools/common/terminal.h"
#include "tools/report/formats.h"
#include "tools/report/merge.h"
#include "tools/report/read.h"

namespace baton::tools {

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kGrace(2);  // between SIGQUIT and SIGKILL

struct Limits {
  size_t jobs;
  std::chrono::seconds timeout;
  long count;
};

enum class Phase { kToBuild, kToRun, kDone };
enum class Outcome { kPassed, kFailed, kRaced, kNotBuilt, kTimedOut };

struct Job {
  TestProgram test;
  std::string folder;   // of this job, in the temporary folder
  std::string program;  // to run
  Phase phase = Phase::kToBuild;
  Outcome outcome = Outcome::kPassed;
  long runs = 0;
  size_t races = 0;
  bool failed_too = false;  // ended with another status than that of races
  std::string why;          // "exit status 3"
  double seconds = 0;
};

struct Running {
  Job* job;
  bool building;
  Clock::time_point start;
  bool quit_sent = false;
};

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

std::string how_it_ended(int status) {
  if (WIFSIGNALED(status)) return std::string("signal: ") + strsignal(WTERMSIG(status));
  return "exit status " + std::to_string(WEXITSTATUS(status));
}

class Tests {
 public:
  Tests(const BuildRequest& request, std::vector<TestProgram> tests, Words libraries, const Limits& limits,
        const std::string& work)
      : request_(request),
        libraries_(std::move(libraries)),
        limits_(limits),
        work_(work),
        live_(isatty(STDERR_FILENO) != 0),
        start_(Clock::now()) {
    for (TestProgram& test : tests) {
      Job& job = jobs_.emplace_back();
      job.folder = work + "/" + std::to_string(jobs_.size());
      fs::create_directory(job.folder);
      const bool exists = test.source.empty();
      job.program =
          exists ? fs::absolute(test.name).string() : job.folder + "/" + fs::path(test.source).stem().string();
      if (exists) job.phase = Phase::kToRun;
      job.test = std::move(test);
    }
  }

  // False if a listener was needed and did not compile.
  bool prepare() {
    const bool needed =
        request_.race && std::any_of(jobs_.begin(), jobs_.end(), [](const Job& job) { return job.test.googletest; });
    if (!needed) return true;
    listener_ = work_ + "/gtest_listener.o";
    Words words = compiler_words(/*c=*/false, request_);
    words.insert(words.end(), {"-c", install_prefix() + "/share/baton/gtest_listener.cpp", "-o", listener_});
    const int status = wait_for(start(words));
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }

  void run_all() {
    while (true) {
      start_more();
      if (running_.empty()) break;
      int status = 0;
      const pid_t child = wait_for_any_until(status, Clock::now() + std::chrono::milliseconds(200));
      if (child > 0) ended(child, status);
      enforce_limits();
      show_live();
    }
    clear_live();
  }

  // The races, once each, and the last line. Returns the exit status.
  int summary(const Parsed& options) {
    std::vector<Race> races = merge_races(log_.races);
    say(log_.problems);
    const Gate gate = pass_gate(options, "any", races);
    if (!races.empty()) std::printf("\n%s", text_report(races, wants_colour(STDOUT_FILENO)).c_str());
    if (options.has("log")) write_log(options.value("log"), races);
    std::map<Outcome, size_t> n;
    for (const Job& job : jobs_) n[job.outcome]++;
    std::printf("\n%s: %zu passed", plural(jobs_.size(), "program").c_str(), n[Outcome::kPassed]);
    if (n[Outcome::kFailed] != 0) std::printf(", %zu failed", n[Outcome::kFailed]);
    if (n[Outcome::kRaced] != 0) std::printf(", %zu raced", n[Outcome::kRaced]);
    if (n[Outcome::kTimedOut] != 0) std::printf(", %zu ran too long", n[Outcome::kTimedOut]);
    if (n[Outcome::kNotBuilt] != 0) std::printf(", %zu not built", n[Outcome::kNotBuilt]);
    if (request_.race) std::printf("; %s", plural(races.size(), "data race").c_str());
    if (options.has("baseline")) std::printf(", %zu new", gate.fresh);
    std::printf("; %.1f s\n", seconds_since(start_));
    if (gate.raced) return kExitRaces;
    const bool passed = std::all_of(jobs_.begin(), jobs_.end(), [](const Job& job) {
      return job.outcome == Outcome::kPassed || (job.outcome == Outcome::kRaced && !job.failed_too);
    });
    return passed && !gate.failed && log_.problems.empty() ? 0 : kExitFailed;
  }

 private:
  static void write_log(const std::string& file, const std::vector<Race>& races) {
    FILE* out = std::fopen(file.c_str(), "we");
    const std::string text = write_json(races);
    const bool written = out != nullptr && std::fwrite(text.data(), 1, text.size(), out) == text.size();
    if (!written || std::fclose(out) != 0) {
      throw std::system_error(errno, std::generic_category(), "cannot write " + file);
    }
  }

  void start_more() {
    for (Job& job : jobs_) {
      if (running_.size() >= limits_.jobs || pending_signal() != 0) return;
      const bool busy =
          std::any_of(running_.begin(), running_.end(), [&](auto& one) { return one.second.job == &job; });
      if (busy || job.phase == Phase::kDone) continue;
      const bool building = job.phase == Phase::kToBuild;
      const pid_t child = building ? start_build(job) : start_run(job);
      running_[child] = {&job, building, Clock::now()};
    }
  }

  pid_t start_build(const Job& job) {
    Words words = compiler_words(language_of_file(job.test.source) == Language::kC, request_);
    words.push_back(job.test.source);
    if (!job.test.subject.empty()) words.push_back(job.test.subject);
    words.insert(words.end(), libraries_.begin(), libraries_.end());
    if (job.test.googletest && !listener_.empty()) words.push_back(listener_);
    words.insert(words.end(), {"-o", job.program});
    if (job.test.gmock) words.emplace_back("-lgmock");
    if (job.test.googletest) {
      if (!job.test.has_main) words.emplace_back("-lgtest_main");
      words.emplace_back("-lgtest");
    }
    return start_into(words, job.folder + "/build.log");
  }

  pid_t start_run(const Job& job) {
    Words words = {job.program};
    words.insert(words.end(), request_.program_args.begin(), request_.program_args.end());
    const char* given = std::getenv("GORACE");
    const std::string before = given == nullptr ? "" : std::string(given) + " ";
    const std::string options = before + "report_format=json log_path=" + job.folder + "/races";
    setenv("GORACE", options.c_str(), 1);
    const pid_t child = start_into(words, job.folder + "/run.log");
    if (given == nullptr) {
      unsetenv("GORACE");
    } else {
      setenv("GORACE", before.substr(0, before.size() - 1).c_str(), 1);
    }
    return child;
  }

  void ended(pid_t child, int status) {
    auto place = running_.find(child);
    if (place == running_.end()) return;
    const Running one = place->second;
    running_.erase(place);
    Job& job = *one.job;
    const bool fine = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (one.building) {
      job.phase = fine ? Phase::kToRun : Phase::kDone;
      if (fine) return;
      job.outcome = Outcome::kNotBuilt;
      job.why = "the build failed";
      return finish(job);
    }
    job.seconds += seconds_since(one.start);
    job.runs++;
    collect_races(job);
    if (one.quit_sent) {
      job.outcome = Outcome::kTimedOut;
      job.why = "stopped after " + std::to_string(limits_.timeout.count()) + " s";
    } else if (job.races != 0) {
      job.outcome = Outcome::kRaced;
      job.failed_too = !fine && !(WIFEXITED(status) && WEXITSTATUS(status) == kExitRaces);
      job.why = plural(job.races, "data race") + (fine ? "" : ", " + how_it_ended(status));
    } else if (!fine) {
      job.outcome = Outcome::kFailed;
      job.why = how_it_ended(status);
    }
    if (job.outcome != Outcome::kPassed || job.runs == limits_.count) finish(job);
  }

  void collect_races(Job& job) {
    const size_t before = log_.races.size();
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(job.folder, error)) {
      if (!entry.path().filename().string().starts_with("races.")) continue;
      read_log(entry.path().string(), log_);
      fs::remove(entry.path(), error);
    }
    job.races += log_.races.size() - before;
    for (size_t i = before; i < log_.races.size(); i++) distinct_.insert(log_.races[i].fingerprint);
  }

  void finish(Job& job) {
    job.phase = Phase::kDone;
    done_++;
    clear_live();
    constexpr const char* kWords[] = {"ok  ", "FAIL", "RACE", "FAIL", "FAIL"};
    std::printf("%s  %s  %.2fs%s%s  (%s)\n", kWords[static_cast<int>(job.outcome)], job.test.name.c_str(), job.seconds,
                job.why.empty() ? "" : "  ", job.why.c_str(), progress().c_str());
    if (job.outcome != Outcome::kPassed) show_output(job);
    std::fflush(stdout);
    std::error_code ignored;
    if (!job.test.source.empty()) fs::remove(job.program, ignored);
  }

  static void show_output(const Job& job) {
    const std::string file = job.folder + (job.outcome == Outcome::kNotBuilt ? "/build.log" : "/run.log");
    std::error_code error;
    if (!fs::exists(file, error)) return;
    std::string text = read_file(file);
    if (!text.empty() && !text.ends_with('\n')) text += '\n';
    for (size_t start = 0; start < text.size();) {
      const size_t end = text.find('\n', start);
      std::printf("    %s\n", text.substr(start, end - start).c_str());
      start = end + 1;
    }
  }

  std::string progress() const {
    char rate[32];
    std::snprintf(rate, sizeof rate, "%.1f/s", static_cast<double>(done_) / std::max(0.001, seconds_since(start_)));
    std::string text = std::to_string(done_) + "/" + std::to_string(jobs_.size()) + ", " + rate;
    if (request_.race) text += ", " + plural(distinct_.size(), "race") + " so far";
    return text;
  }

  void show_live() {
    if (!live_ || running_.empty()) return;
    std::string names;
    for (const auto& [child, one] : running_) names += " " + fs::path(one.job->test.name).stem().string();
    names.resize(std::min<size_t>(names.size(), 60));
    std::fprintf(stderr, "\r\033[K%s, now:%s", progress().c_str(), names.c_str());
    live_shown_ = true;
  }

  void clear_live() {
    if (live_shown_) std::fputs("\r\033[K", stderr);
    live_shown_ = false;
  }

  void enforce_limits() {
    for (auto& [child, one] : running_) {
      const auto passed = Clock::now() - one.start;
      if (one.building || passed < limits_.timeout) continue;
      if (!one.quit_sent) {
        kill(child, SIGQUIT);
        one.quit_sent = true;
      } else if (passed > limits_.timeout + kGrace) {
        kill(child, SIGKILL);
      }
    }
  }

  const BuildRequest& request_;
  const Words libraries_;
  const Limits limits_;
  const std::string work_;
  const bool live_;
  bool live_shown_ = false;
  const Clock::time_point start_;
  std::string listener_;  // "": none
  std::vector<Job> jobs_;
  std::map<pid_t, Running> running_;
  size_t done_ = 0;
  Log log_;
  std::set<std::string> distinct_;  // fingerprints in log_
};

}  // namespace

int test_command(const Words& args) {
  const BuildRequest request = parse_build("test", args);
  const unsigned processors = std::max(1u, std::thread::hardware_concurrency());
  const Limits limits = {.jobs = static_cast<size_t>(request.options.number("jobs", processors, 1, 64)),
                         .timeout = std::chrono::seconds(request.options.number("timeout", 600, 1, 86400)),
                         .count = request.options.number("count", 1, 1, 1000000)};
  Words paths;
  Words libraries;  // are linked into every program
  for (const std::string& file : request.files) {
    const std::string suffix = fs::path(file).extension().string();
    (suffix == ".a" || suffix == ".o" || suffix == ".so" ? libraries : paths).push_back(file);
  }
  // With a gate it is the gate that judges races, and a test that fails has failed for another reason.
  if (request.options.value("fail-on", "any") != "any") setenv("BATON_RACE_FAILS_TEST", "0", 1);
  if (request.options.has("filter")) setenv("GTEST_FILTER", request.options.value("filter").c_str(), 1);
  watch_signals();
  int status;
  {
    TempDir work;
    check_flags("test", request, work.path());  // first: what is no option may have had a value, which is no file then
    std::vector<TestProgram> tests = find_tests(paths.empty() ? Words{"."} : paths);
    Tests all(request, std::move(tests), std::move(libraries), limits, work.path());
    if (!all.prepare()) return kExitFailed;
    all.run_all();
    status = all.summary(request.options);
  }
  if (pending_signal() != 0) die_of_signal(pending_signal());
  return status;
}

}  // namespace baton::tools
