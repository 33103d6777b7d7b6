// SPDX-License-Identifier: Apache-2.0
//
// The part of std::map and std::set that lies in libstdc++'s shared library: walking and rebalancing their red-black
// trees. Programs that are checked for races get this version instead, which is compiled with the pass: so the links
// that an insertion writes, and that a find or an iteration reads, are seen. Names and duties are libstdc++'s.
//
// The tree: `header` is not an element; its parent is the root, its left and right are the first and last element, and
// the root's parent is the header. A missing child is null. Rules of colour: the root is black, a red node has black
// children, and each way from a node down to a missing child passes equally many black nodes.
#include <map>

namespace {

using Node = std::_Rb_tree_node_base;

bool is_red(const Node* node) { return node != nullptr && node->_M_color == std::_S_red; }

// Puts `child` into the place below `parent` where `old` hangs (below the header: the root's place).
void replace_child(Node* parent, const Node* old, Node* child, Node& header) {
  if (parent == &header) {
    header._M_parent = child;
  } else if (parent->_M_left == old) {
    parent->_M_left = child;
  } else {
    parent->_M_right = child;
  }
}

// Turns the edge between `node` and its child on one side: the child moves up, and `node` becomes its child on the
// other side.
void rotate(Node* node, Node* Node::* side, Node* Node::* other, Node& header) {
  Node* up = node->*side;
  node->*side = up->*other;
  if (up->*other != nullptr) (up->*other)->_M_parent = node;
  up->_M_parent = node->_M_parent;
  replace_child(node->_M_parent, node, up, header);
  up->*other = node;
  node->_M_parent = up;
}

struct Sides {
  Node* Node::* here;
  Node* Node::* there;
};

Sides sides_of(const Node* node) {
  if (node->_M_parent->_M_left == node) return {&Node::_M_left, &Node::_M_right};
  return {&Node::_M_right, &Node::_M_left};
}

// Repairs two red nodes in a row, `node` and its parent.
void repair_red(Node* node, Node& header) {
  while (node != header._M_parent && is_red(node->_M_parent)) {
    Node* parent = node->_M_parent;
    Node* grand = parent->_M_parent;
    Sides sides = sides_of(parent);
    Node* uncle = grand->*sides.there;
    if (is_red(uncle)) {
      parent->_M_color = uncle->_M_color = std::_S_black;
      grand->_M_color = std::_S_red;
      node = grand;
      continue;
    }
    if (parent->*sides.there == node) {
      rotate(parent, sides.there, sides.here, header);
      parent = node;
    }
    parent->_M_color = std::_S_black;
    grand->_M_color = std::_S_red;
    rotate(grand, sides.here, sides.there, header);
    break;
  }
  header._M_parent->_M_color = std::_S_black;
}

// Repairs a lack of one black node on the ways through the child of `parent` at the place of `node`, which may be null.
void repair_black(Node* node, Node* parent, Node& header) {
  while (node != header._M_parent && !is_red(node)) {
    Sides sides =
        parent->_M_left == node ? Sides{&Node::_M_left, &Node::_M_right} : Sides{&Node::_M_right, &Node::_M_left};
    Node* sibling = parent->*sides.there;
    if (is_red(sibling)) {
      sibling->_M_color = std::_S_black;
      parent->_M_color = std::_S_red;
      rotate(parent, sides.there, sides.here, header);
      sibling = parent->*sides.there;
    }
    if (!is_red(sibling->_M_left) && !is_red(sibling->_M_right)) {
      sibling->_M_color = std::_S_red;
      node = parent;
      parent = node->_M_parent;
      continue;
    }
    if (!is_red(sibling->*sides.there)) {
      (sibling->*sides.here)->_M_color = std::_S_black;
      sibling->_M_color = std::_S_red;
      rotate(sibling, sides.here, sides.there, header);
      sibling = parent->*sides.there;
    }
    sibling->_M_color = parent->_M_color;
    parent->_M_color = std::_S_black;
    (sibling->*sides.there)->_M_color = std::_S_black;
    rotate(parent, sides.there, sides.here, header);
    return;
  }
  if (node != nullptr) node->_M_color = std::_S_black;
}

// The neighbour in order: as far as possible to `back` below the child at `side`, or the first ancestor that lies to
// that side. From the last element the walk ends at the header.
Node* neighbour(Node* node, Node* Node::* side, Node* Node::* back) {
  if (node->*side != nullptr) {
    node = node->*side;
    while (node->*back != nullptr) node = node->*back;
    return node;
  }
  Node* parent = node->_M_parent;
  while (node == parent->*side) {
    node = parent;
    parent = parent->_M_parent;
  }
  // At the root of a tree whose root is its last element, `parent` has come round to the root again.
  return node->*side != parent ? parent : node;
}

}  // namespace

namespace std {

void _Rb_tree_insert_and_rebalance(const bool insert_left, Node* x, Node* p, Node& header) noexcept {
  x->_M_parent = p;
  x->_M_left = nullptr;
  x->_M_right = nullptr;
  x->_M_color = _S_red;
  if (insert_left) {
    p->_M_left = x;  // below the header this makes x the first element
    if (p == &header) {
      header._M_parent = x;
      header._M_right = x;
    } else if (p == header._M_left) {
      header._M_left = x;
    }
  } else {
    p->_M_right = x;
    if (p == header._M_right) header._M_right = x;
  }
  repair_red(x, header);
}

Node* _Rb_tree_rebalance_for_erase(Node* const z, Node& header) noexcept {
  if (header._M_left == z)
    header._M_left = z->_M_parent == &header && z->_M_right == nullptr ? &header : _Rb_tree_increment(z);
  if (header._M_right == z)
    header._M_right = z->_M_parent == &header && z->_M_left == nullptr ? &header : _Rb_tree_decrement(z);

  Node* child;   // takes the place of the node that leaves its place
  Node* parent;  // of that place
  bool lost_black;
  if (z->_M_left == nullptr || z->_M_right == nullptr) {
    child = z->_M_left != nullptr ? z->_M_left : z->_M_right;
    parent = z->_M_parent;
    lost_black = !is_red(z);
    if (child != nullptr) child->_M_parent = parent;
    replace_child(parent, z, child, header);
  } else {
    // z's successor leaves its place, and takes z's.
    Node* y = z->_M_right;
    while (y->_M_left != nullptr) y = y->_M_left;
    child = y->_M_right;
    lost_black = !is_red(y);
    parent = y;
    if (y->_M_parent != z) {
      parent = y->_M_parent;
      parent->_M_left = child;
      if (child != nullptr) child->_M_parent = parent;
      y->_M_right = z->_M_right;
      z->_M_right->_M_parent = y;
    }
    y->_M_left = z->_M_left;
    z->_M_left->_M_parent = y;
    y->_M_parent = z->_M_parent;
    replace_child(z->_M_parent, z, y, header);
    std::swap(y->_M_color, z->_M_color);
  }
  if (lost_black && header._M_parent != nullptr) repair_black(child, parent, header);
  return z;
}

Node* _Rb_tree_increment(Node* x) noexcept { return neighbour(x, &Node::_M_right, &Node::_M_left); }

const Node* _Rb_tree_increment(const Node* x) noexcept { return _Rb_tree_increment(const_cast<Node*>(x)); }

Node* _Rb_tree_decrement(Node* x) noexcept {
  // The header is told from a root by its colour and by being its own grandparent; before it comes the last element.
  if (x->_M_color == _S_red && x->_M_parent->_M_parent == x) return x->_M_right;
  return neighbour(x, &Node::_M_left, &Node::_M_right);
}

const Node* _Rb_tree_decrement(const Node* x) noexcept { return _Rb_tree_decrement(const_cast<Node*>(x)); }

}  // namespace std
