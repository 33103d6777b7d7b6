// SPDX-License-Identifier: Apache-2.0
//
// Reading and writing files: exactly the bytes that were transferred, and the edges that a file makes between tasks of
// this process. A write happens before a read that receives its bytes:
//   pipe                one clock for both ends
//   socketpair          one clock for each direction
//   file, eventfd, ...  one clock for the descriptor and its duplicates
//   other sockets       none: their ends cannot be told from here (the runtime's own connections know theirs)
// Never one clock for all. What a descriptor stands for is forgotten when it is closed or made anew.
//
// A clock is merged into before the system call of a write and learnt after that of a read. So a read learns of all
// writes that began before it ended, also of those whose bytes it left in the pipe: that may hide a race, and never
// makes a false one.

#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <new>

#include "detector/src/interpose.h"
#include "detector/src/replace.h"
#include "detector/src/sync.h"

namespace baton::detector {

void use_interposed_files() {}

namespace {

// What descriptors share; guarded by `lock`.
struct Stream {
  uint32_t clock;       // number of a clock (sync.h); 0: nothing was written
  uint32_t references;  // descriptors, for reading and for writing counted apart
};

struct Descriptor {
  uint32_t in;   // the stream that a read receives from; 0: not known yet
  uint32_t out;  // the stream that a write goes to
  bool known;
};

constexpr int kDescriptors = 1 << 20;

constinit Pool<Stream, 1u << 22> streams;
constinit Descriptor* descriptors = nullptr;
constinit SpinLock lock;  // guards all of these

uint32_t new_stream() {
  const uint32_t stream = streams.alloc();
  streams[stream] = {0, 0};
  return stream;
}

void drop(uint32_t stream) {
  if (stream == 0 || --streams[stream].references != 0) return;
  if (streams[stream].clock != 0) free_clock(streams[stream].clock);
  streams.free(stream);
}

void set(int fd, uint32_t in, uint32_t out) {
  if (fd < 0 || fd >= kDescriptors) return;
  Descriptor& descriptor = descriptors[fd];
  if (in != 0) ++streams[in].references;
  if (out != 0) ++streams[out].references;
  drop(descriptor.in);
  drop(descriptor.out);
  descriptor = {in, out, true};
}

// The descriptor, about which something is known now; null if it cannot be one.
Descriptor* known(int fd) {
  if (descriptors == nullptr || fd < 0 || fd >= kDescriptors) return nullptr;
  Descriptor& descriptor = descriptors[fd];
  if (!descriptor.known) {
    struct stat status;
    const bool has_stream = fstat(fd, &status) == 0 && !S_ISSOCK(status.st_mode) && !S_ISFIFO(status.st_mode);
    const uint32_t stream = has_stream ? new_stream() : 0;
    set(fd, stream, stream);
  }
  return &descriptor;
}

void forget(int fd) {
  if (descriptors == nullptr || fd < 0 || fd >= kDescriptors || !descriptors[fd].known) return;
  SpinLockHolder hold(lock);
  set(fd, 0, 0);
  descriptors[fd].known = false;
}

// Before a write to fd, and after a read from it that received something.
void before_write(int fd) {
  if (!is_watched()) return;
  SpinLockHolder hold(lock);
  Descriptor* descriptor = known(fd);
  if (descriptor == nullptr || descriptor->out == 0) return;
  current_task->merge_to(clock_of(&streams[descriptor->out].clock));
}

void after_read(int fd) {
  if (!is_watched()) return;
  SpinLockHolder hold(lock);
  Descriptor* descriptor = known(fd);
  if (descriptor == nullptr || descriptor->in == 0 || streams[descriptor->in].clock == 0) return;
  current_task->acquire_from(clock_of(&streams[descriptor->in].clock));
}

void made_pipe(const int* ends) {
  if (descriptors == nullptr) return;
  SpinLockHolder hold(lock);
  const uint32_t stream = new_stream();
  set(ends[0], stream, 0);
  set(ends[1], 0, stream);
}

void made_pair(const int* ends) {
  if (descriptors == nullptr) return;
  SpinLockHolder hold(lock);
  const uint32_t there = new_stream();
  const uint32_t back = new_stream();
  set(ends[0], back, there);
  set(ends[1], there, back);
}

void made_duplicate(int from, int to) {
  if (descriptors == nullptr || from == to || to < 0) return;
  SpinLockHolder hold(lock);
  const Descriptor* original = known(from);
  if (original != nullptr) set(to, original->in, original->out);
}

// The first n bytes of a list of buffers.
void buffers_access(const iovec* list, long count, size_t n, Kind kind, const void* pc, const void* frame) {
  for (long i = 0; i < count && n != 0; ++i) {
    const size_t part = list[i].iov_len < n ? list[i].iov_len : n;
    library_access(list[i].iov_base, part, kind, pc, frame);
    n -= part;
  }
}

}  // namespace

void init_files() {
  streams.init("streams");
  descriptors = static_cast<Descriptor*>(reserve(kDescriptors * sizeof(Descriptor), "file descriptors"));
}

}  // namespace baton::detector

using namespace baton::detector;

// ---- Transfers ----------------------------------------------------------------------------------------------------

// `arguments` are those of the call, the rest are the parameters after fd and the buffer.
#define BATON_READING(name, arguments, ...)                                                    \
  BATON_REPLACE(ssize_t, name, int fd, void* p, size_t n, ##__VA_ARGS__) {                     \
    const ssize_t got = BATON_REPLACED(name, BATON_UNPACK arguments);                          \
    if (got >= 0) after_read(fd);                                                              \
    if (got > 0) BATON_WRITES(p, static_cast<size_t>(got) < n ? static_cast<size_t>(got) : n); \
    return got;                                                                                \
  }
#define BATON_WRITING(name, arguments, ...)                                      \
  BATON_REPLACE(ssize_t, name, int fd, const void* p, size_t n, ##__VA_ARGS__) { \
    BATON_READS(p, n);                                                           \
    before_write(fd);                                                            \
    return BATON_REPLACED(name, BATON_UNPACK arguments);                         \
  }
#define BATON_READING_LIST(name, arguments, ...)                                                    \
  BATON_REPLACE(ssize_t, name, int fd, const iovec* list, int count, ##__VA_ARGS__) {               \
    const ssize_t got = BATON_REPLACED(name, BATON_UNPACK arguments);                               \
    if (got >= 0) after_read(fd);                                                                   \
    if (got > 0) buffers_access(list, count, static_cast<size_t>(got), kWrite, BATON_LIBRARY_CALL); \
    return got;                                                                                     \
  }
#define BATON_WRITING_LIST(name, arguments, ...)                                      \
  BATON_REPLACE(ssize_t, name, int fd, const iovec* list, int count, ##__VA_ARGS__) { \
    buffers_access(list, count, SIZE_MAX, kRead, BATON_LIBRARY_CALL);                 \
    before_write(fd);                                                                 \
    return BATON_REPLACED(name, BATON_UNPACK arguments);                              \
  }
#define BATON_UNPACK(...) __VA_ARGS__

BATON_READING(read, (fd, p, n))
BATON_READING(pread, (fd, p, n, offset), off_t offset)
BATON_READING(pread64, (fd, p, n, offset), off_t offset)
BATON_READING(recv, (fd, p, n, flags), int flags)
BATON_READING(recvfrom, (fd, p, n, flags, from, size), int flags, sockaddr* from, socklen_t* size)
BATON_WRITING(write, (fd, p, n))
BATON_WRITING(pwrite, (fd, p, n, offset), off_t offset)
BATON_WRITING(pwrite64, (fd, p, n, offset), off_t offset)
BATON_WRITING(send, (fd, p, n, flags), int flags)
BATON_WRITING(sendto, (fd, p, n, flags, to, size), int flags, const sockaddr* to, socklen_t size)
BATON_READING_LIST(readv, (fd, list, count))
BATON_READING_LIST(preadv, (fd, list, count, offset), off_t offset)
BATON_WRITING_LIST(writev, (fd, list, count))
BATON_WRITING_LIST(pwritev, (fd, list, count, offset), off_t offset)

BATON_REPLACE(ssize_t, recvmsg, int fd, msghdr* message, int flags) {
  const ssize_t got = BATON_REPLACED(recvmsg, fd, message, flags);
  if (got >= 0) after_read(fd);
  if (got > 0) {
    buffers_access(message->msg_iov, static_cast<long>(message->msg_iovlen), static_cast<size_t>(got), kWrite,
                   BATON_LIBRARY_CALL);
  }
  return got;
}

BATON_REPLACE(ssize_t, sendmsg, int fd, const msghdr* message, int flags) {
  buffers_access(message->msg_iov, static_cast<long>(message->msg_iovlen), SIZE_MAX, kRead, BATON_LIBRARY_CALL);
  before_write(fd);
  return BATON_REPLACED(sendmsg, fd, message, flags);
}

// ---- Descriptors --------------------------------------------------------------------------------------------------

BATON_REPLACE(int, pipe, int* ends) {
  const int result = BATON_REPLACED(pipe, ends);
  if (result == 0) made_pipe(ends);
  return result;
}

BATON_REPLACE(int, pipe2, int* ends, int flags) {
  const int result = BATON_REPLACED(pipe2, ends, flags);
  if (result == 0) made_pipe(ends);
  return result;
}

BATON_REPLACE(int, socketpair, int domain, int type, int protocol, int* ends) {
  const int result = BATON_REPLACED(socketpair, domain, type, protocol, ends);
  if (result == 0) made_pair(ends);
  return result;
}

BATON_REPLACE(int, dup, int fd) {
  const int copy = BATON_REPLACED(dup, fd);
  made_duplicate(fd, copy);
  return copy;
}

BATON_REPLACE(int, dup2, int fd, int to) {
  const int copy = BATON_REPLACED(dup2, fd, to);
  made_duplicate(fd, copy);
  return copy;
}

BATON_REPLACE(int, dup3, int fd, int to, int flags) {
  const int copy = BATON_REPLACED(dup3, fd, to, flags);
  made_duplicate(fd, copy);
  return copy;
}

// Forgotten before the number can be given out again. A close that fails leaves nothing to read from either.
BATON_REPLACE(int, close, int fd) {
  forget(fd);
  return BATON_REPLACED(close, fd);
}

BATON_REPLACE(int, fclose, FILE* file) {
  forget(fileno(file));
  return BATON_REPLACED(fclose, file);
}

// ---- Streams of the C library: the bytes only; their locks are the library's own ----------------------------------

BATON_REPLACE(size_t, fread, void* p, size_t size, size_t count, FILE* file) {
  const size_t got = BATON_REPLACED(fread, p, size, count, file);
  BATON_WRITES(p, got * size);
  return got;
}

BATON_REPLACE(size_t, fwrite, const void* p, size_t size, size_t count, FILE* file) {
  BATON_READS(p, size * count);
  return BATON_REPLACED(fwrite, p, size, count, file);
}

BATON_REPLACE(char*, fgets, char* p, int size, FILE* file) {
  char* line = BATON_REPLACED(fgets, p, size, file);
  size_t length = 0;
  while (line != nullptr && line[length] != '\0') ++length;
  if (line != nullptr) BATON_WRITES(line, length + 1);
  return line;
}
