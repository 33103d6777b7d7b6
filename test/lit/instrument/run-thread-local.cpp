// SPDX-License-Identifier: Apache-2.0
//
// A context that continues on another OS thread after yield() finds that thread's variables and errno there, at every
// level, in a fixed and in a shared object, linked as usual and by link-time optimisation.
// DEFINE: %{plugin} = -Xclang -load -Xclang %pass_so -fpass-plugin=%pass_so
// DEFINE: %{build} = %clangxx -std=c++20 %{plugin} -pthread %s %t.polls.o
// RUN: %clangxx -O2 -c -x c %S/Inputs/poll_stub.c -o %t.polls.o
// RUN: %{build} -O0 -fPIC -o %t && %t
// RUN: %{build} -O1 -fno-pic -no-pie -o %t && %t
// RUN: %{build} -O2 -fPIC -o %t && %t
// RUN: %{build} -O2 -fPIE -pie -o %t && %t
// RUN: %{build} -O3 -fno-pic -no-pie -o %t && %t
// RUN: %{build} -O2 -flto -fuse-ld=lld -o %t && %t
// RUN: %{build} -O3 -flto=thin -fuse-ld=lld -o %t && %t
// RUN: %{build} -O2 -fPIC -shared -o %t.so && %clangxx %t.so %t.polls.o -o %t -pthread && %t
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <ucontext.h>

#include <vector>

static ucontext_t threads[2], task;
static int on;  // the thread that runs the task
static sem_t turn[2];
static bool finished;
static int failures;

#define EXPECT(condition) ((condition) ? (void)0 : (void)(failures++, printf("line %d: %s\n", __LINE__, #condition)))

__attribute__((noinline)) void yield() {
  int from = on;
  on = 1 - from;
  swapcontext(&task, &threads[from]);
}

thread_local int x;
thread_local std::vector<int> constructed{1};
thread_local struct {
  int a, b[10];
} fields;

inline int* address() { return &x; }

static void body() {
  x = 10;
  fields.b[3] = 100;
  constructed.push_back(2);
  errno = 1;
  int *first = &x, *by_call = address(), *first_errno = &errno;
  pthread_t self = pthread_self();
  yield();
  EXPECT(x == 0 && &x != first && address() != by_call);
  EXPECT(errno == 0 && &errno != first_errno);
  EXPECT(fields.b[3] == 0);
  EXPECT(constructed.size() == 1);
  EXPECT(!pthread_equal(self, pthread_self()));
  x = 20;
  errno = 2;
  int* second = &x;
  yield();
  EXPECT(x == 10 && &x == first && errno == 1);
  EXPECT(fields.b[3] == 100);
  EXPECT(constructed.size() == 2);
  for (int i = 0; i < 10; i++) {
    x++;
    yield();
    EXPECT(&x == (i % 2 ? first : second));
  }
  EXPECT(*first == 15 && *second == 25);
  finished = true;
}

// Runs the task whenever it is this thread's turn.
static void* run(void* argument) {
  long me = (long)argument;
  errno = 0;
  do {
    sem_wait(&turn[me]);
    if (!finished) swapcontext(&threads[me], &task);
    sem_post(&turn[1 - me]);
  } while (!finished);
  return nullptr;
}

int main() {
  static char stack[1 << 16];
  getcontext(&task);
  task.uc_stack.ss_sp = stack;
  task.uc_stack.ss_size = sizeof stack;
  task.uc_link = &threads[0];
  makecontext(&task, body, 0);
  sem_init(&turn[0], 0, 1);
  sem_init(&turn[1], 0, 0);
  pthread_t handles[2];
  for (long i = 0; i < 2; i++) pthread_create(&handles[i], nullptr, run, (void*)i);
  for (pthread_t handle : handles) pthread_join(handle, nullptr);
  return failures != 0;
}
