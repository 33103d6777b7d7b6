// SPDX-License-Identifier: Apache-2.0
//
// Our parts of std::map and std::list (runtime/checked), linked into this program in place of the shared library's: the
// containers behave, and the trees keep the rules of red-black trees.
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <list>
#include <map>
#include <random>
#include <set>
#include <vector>

namespace {

using Node = std::_Rb_tree_node_base;

// The number of black nodes on each way down; fails the test if the ways differ or a red node has a red child.
int black_height(const Node* node) {
  if (node == nullptr) return 1;
  bool red = node->_M_color == std::_S_red;
  for (const Node* child : {node->_M_left, node->_M_right}) {
    if (child == nullptr) continue;
    EXPECT_EQ(child->_M_parent, node);
    EXPECT_FALSE(red && child->_M_color == std::_S_red);
  }
  int left = black_height(node->_M_left);
  EXPECT_EQ(left, black_height(node->_M_right));
  return left + (red ? 0 : 1);
}

void check_tree(const std::set<int>& tree, const std::vector<int>& sorted) {
  const Node* header = tree.end()._M_node;
  if (header->_M_parent != nullptr) {
    EXPECT_EQ(header->_M_parent->_M_color, std::_S_black);
    EXPECT_EQ(header->_M_parent->_M_parent, header);
    black_height(header->_M_parent);
  }
  EXPECT_TRUE(std::equal(tree.begin(), tree.end(), sorted.begin(), sorted.end()));
  EXPECT_TRUE(std::equal(tree.rbegin(), tree.rend(), sorted.rbegin(), sorted.rend()));
}

TEST(CheckedTree, RandomInsertionsAndErasuresKeepOrderAndBalance) {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937 random(seed);
    std::set<int> tree;
    std::vector<int> sorted;
    for (int step = 0; step < 300 && !testing::Test::HasFailure(); ++step) {
      int value = static_cast<int>(random() % (seed % 2 == 0 ? 40 : 400));
      auto place = std::lower_bound(sorted.begin(), sorted.end(), value);
      bool there = place != sorted.end() && *place == value;
      if (random() % 5 < (step < 200 ? 3u : 1u)) {
        EXPECT_EQ(tree.insert(value).second, !there);
        if (!there) sorted.insert(place, value);
      } else {
        EXPECT_EQ(tree.erase(value), there ? 1u : 0u);
        if (there) sorted.erase(place);
      }
      check_tree(tree, sorted);
    }
    while (!tree.empty()) {
      tree.erase(std::next(tree.begin(), random() % tree.size()));
      sorted.assign(tree.begin(), tree.end());
      check_tree(tree, sorted);
    }
  }
}

TEST(CheckedTree, AscendingAndDescendingInsertions) {
  std::set<int> up;
  std::set<int> down;
  std::vector<int> sorted;
  for (int i = 0; i < 1000; ++i) {
    sorted.push_back(i);
    up.insert(i);
    down.insert(999 - i);
  }
  check_tree(up, sorted);
  check_tree(down, sorted);
}

TEST(CheckedList, OperationsAgreeWithAVector) {
  std::mt19937 random(1);
  std::list<int> list;
  std::vector<int> model;
  for (int step = 0; step < 3000; ++step) {
    auto place = static_cast<std::ptrdiff_t>(random() % (model.size() + 1));
    switch (random() % 6) {
      case 0:
      case 1:
        list.insert(std::next(list.begin(), place), step);
        model.insert(model.begin() + place, step);
        break;
      case 2:
        if (model.empty()) break;
        place = place % static_cast<std::ptrdiff_t>(model.size());
        list.erase(std::next(list.begin(), place));
        model.erase(model.begin() + place);
        break;
      case 3:
        list.reverse();
        std::reverse(model.begin(), model.end());
        break;
      case 4:
        if (place == 0) break;
        list.splice(list.begin(), list, std::next(list.begin(), place), list.end());
        std::rotate(model.begin(), model.begin() + place, model.end());
        break;
      default: {
        std::list<int> other;
        if (step % 2 == 0) other = {step, step + 1};
        std::vector<int> expected(other.begin(), other.end());
        list.swap(other);
        EXPECT_TRUE(std::equal(list.begin(), list.end(), expected.begin(), expected.end()));
        list.swap(other);
      }
    }
    ASSERT_TRUE(std::equal(list.begin(), list.end(), model.begin(), model.end()));
    ASSERT_TRUE(std::equal(list.rbegin(), list.rend(), model.rbegin(), model.rend()));
  }
  list.sort();
  std::sort(model.begin(), model.end());
  EXPECT_TRUE(std::equal(list.begin(), list.end(), model.begin(), model.end()));
}

}  // namespace
