// SPDX-License-Identifier: Apache-2.0
#include "runtime/src/out.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

namespace baton::rt {

void Out::put(char c) noexcept {
  if (size_ == sizeof(buffer_)) flush();
  buffer_[size_++] = c;
}

Out& Out::operator<<(const char* text) noexcept {
  for (; *text != '\0'; text++) put(*text);
  return *this;
}

Out& Out::operator<<(uint64_t number) noexcept {
  char digits[20];
  int n = 0;
  do {
    digits[n++] = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number != 0);
  while (n > 0) put(digits[--n]);
  return *this;
}

Out& Out::operator<<(int number) noexcept {
  if (number < 0) put('-');
  return *this << (number < 0 ? uint64_t{0} - static_cast<uint64_t>(number) : static_cast<uint64_t>(number));
}

Out& Out::hex(uint64_t number) noexcept {
  *this << "0x";
  int shift = 60;
  while (shift > 0 && (number >> shift) == 0) shift -= 4;
  for (; shift >= 0; shift -= 4) put("0123456789abcdef"[(number >> shift) & 15]);
  return *this;
}

void Out::write(const Text& text) noexcept {
  for (size_t i = 0; i < text.size; i++) put(text.at[i]);
}

void Out::flush() noexcept {
  if (sink_ != nullptr) {
    if (void* more = realloc(sink_->at, sink_->size + size_); more != nullptr) {
      sink_->at = static_cast<char*>(more);
      memcpy(sink_->at + sink_->size, buffer_, size_);
      sink_->size += size_;
    }
    size_ = 0;
    return;
  }
  const char* at = buffer_;
  while (size_ > 0) {
    const ssize_t n = ::write(STDERR_FILENO, at, size_);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    at += n;
    size_ -= static_cast<size_t>(n);
  }
  size_ = 0;
}

}  // namespace baton::rt
