// SPDX-License-Identifier: Apache-2.0

#include "detector/src/source.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace baton::detector {
namespace {

constexpr int kFiles = 32;
constexpr off_t kMaxSize = 64 << 20;  // what is larger is no source

struct File {
  const char* path = nullptr;  // a kept text: compared by address
  const char* text = nullptr;
  size_t size = 0;
  int last_line = 0;      // the line asked for last, and
  size_t last_place = 0;  // where it begins
};
constinit File files[kFiles] = {};
constinit int next_victim = 0;

// The file as it is now. Mapped privately: a file that is cut short meanwhile would end the process, so it is copied.
void load(File& file, const char* path) {
  if (file.text != nullptr) munmap(const_cast<char*>(file.text), file.size);
  file = {path, nullptr, 0, 0, 0};
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return;
  struct stat status;
  if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0 && status.st_size <= kMaxSize) {
    size_t size = static_cast<size_t>(status.st_size);
    void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory != MAP_FAILED) {
      size_t done = 0;
      for (ssize_t n; done < size && (n = read(fd, static_cast<char*>(memory) + done, size - done)) > 0;) {
        done += static_cast<size_t>(n);
      }
      file.text = static_cast<char*>(memory);
      file.size = size;
    }
  }
  close(fd);
}

File& file_of(const char* path) {
  for (File& file : files) {
    if (file.path == path) return file;
  }
  File& file = files[next_victim++ % kFiles];
  load(file, path);
  return file;
}

}  // namespace

bool is_identifier_char(char c) {
  return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

SourceLine source_line(const char* path, int line) {
  if (path == nullptr || line <= 0) return {};
  File& file = file_of(path);
  if (file.text == nullptr) return {};
  int at = 1;
  size_t place = 0;
  if (file.last_line != 0 && line >= file.last_line) {
    at = file.last_line;
    place = file.last_place;
  }
  for (; at < line; ++at) {
    const void* end = memchr(file.text + place, '\n', file.size - place);
    if (end == nullptr) return {};
    place = static_cast<size_t>(static_cast<const char*>(end) - file.text) + 1;
  }
  file.last_line = line;
  file.last_place = place;
  const void* end = memchr(file.text + place, '\n', file.size - place);
  size_t stop = end != nullptr ? static_cast<size_t>(static_cast<const char*>(end) - file.text) : file.size;
  if (stop > place && file.text[stop - 1] == '\r') --stop;
  return {file.text + place, stop - place};
}

const char* find_word(const SourceLine& line, const char* word) {
  size_t length = strlen(word);
  for (size_t i = 0; line.text != nullptr && i + length <= line.length; ++i) {
    if (memcmp(line.text + i, word, length) != 0) continue;
    bool begins = i == 0 || !is_identifier_char(line.text[i - 1]) || !is_identifier_char(word[0]);
    bool ends = i + length == line.length || !is_identifier_char(line.text[i + length]) ||
                !is_identifier_char(word[length - 1]);
    if (begins && ends) return line.text + i;
  }
  return nullptr;
}

const char* find_last_word(SourceLine line, const char* word) {
  const char* last = nullptr;
  const char* end = line.text + line.length;
  while (const char* place = find_word(line, word)) {
    last = place;
    const char* next = place + strlen(word);
    line = {next, static_cast<size_t>(end - next)};
  }
  return last;
}

}  // namespace baton::detector
