// SPDX-License-Identifier: Apache-2.0
// A destructor's store of the vtable pointer counts as a write if it changes the pointer, that of a constructor always.
// RUN: for level in 0 2; do \
// RUN:   %baton_cxx -race -O$level -S -emit-llvm %s -o - | FileCheck %s || exit 1; \
// RUN: done

struct Shape {
  Shape();
  virtual ~Shape();
  virtual int area();
  int sides;
};

void use(Shape* shape);

Shape::Shape() : sides(3) { use(this); }
// CHECK-LABEL: define {{.*}} @_ZN5ShapeC2Ev(
// CHECK-NOT: __baton_write_if
// CHECK: store {{.*}} @_ZTV5Shape

Shape::~Shape() { use(this); }
// CHECK-LABEL: define {{.*}} @_ZN5ShapeD2Ev(
// CHECK: [[BEFORE:%.*]] = load volatile ptr, ptr [[OBJECT:%[^,]*]],
// CHECK-NEXT: [[CHANGES:%.*]] = icmp ne ptr [[BEFORE]], getelementptr
// CHECK-NEXT: [[FLAG:%.*]] = zext i1 [[CHANGES]] to i32
// CHECK-NEXT: call void @__baton_write_if(ptr {{.*}}[[OBJECT]], i64 {{.*}}8, i32 {{.*}}[[FLAG]], i64 {{.*}})
// CHECK-NEXT: store ptr getelementptr {{.*}} @_ZTV5Shape
