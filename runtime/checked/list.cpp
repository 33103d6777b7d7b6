// SPDX-License-Identifier: Apache-2.0
//
// The part of std::list that lies in libstdc++'s shared library: changing links. As tree.cpp, compiled with the pass
// for programs that are checked for races. A list is a ring through a node that is not an element.
#include <list>

namespace {

using Node = std::__detail::_List_node_base;

void join(Node* first, Node* second) {
  first->_M_next = second;
  second->_M_prev = first;
}

// A node that took over the links of another one is made known to its neighbours. A ring of one stays one.
void take_over(Node& node, Node& old) {
  if (node._M_next == &old) {
    node._M_next = node._M_prev = &node;
  } else {
    node._M_next->_M_prev = node._M_prev->_M_next = &node;
  }
}

}  // namespace

namespace std::__detail {

void _List_node_base::_M_hook(_List_node_base* const position) noexcept {
  join(position->_M_prev, this);
  join(this, position);
}

void _List_node_base::_M_unhook() noexcept { join(_M_prev, _M_next); }

void _List_node_base::_M_transfer(_List_node_base* const first, _List_node_base* const last) noexcept {
  if (this == last) return;
  Node* tail = last->_M_prev;  // first..tail move in front of this node
  Node* before = first->_M_prev;
  Node* here = _M_prev;
  join(before, last);
  join(here, first);
  join(tail, this);
}

void _List_node_base::_M_reverse() noexcept {
  Node* node = this;
  do {
    std::swap(node->_M_next, node->_M_prev);
    node = node->_M_prev;
  } while (node != this);
}

void _List_node_base::swap(_List_node_base& x, _List_node_base& y) noexcept {
  std::swap(x._M_next, y._M_next);
  std::swap(x._M_prev, y._M_prev);
  take_over(x, y);
  take_over(y, x);
}

}  // namespace std::__detail
