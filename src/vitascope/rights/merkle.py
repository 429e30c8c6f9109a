"""Merkle trees over a growing list, as in RFC 6962: roots, and proofs that something is in and that nothing changed."""

from collections.abc import Sequence
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()
"""The root of a tree without leaves."""


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of a leaf's bytes; the prefix 0x00 keeps leaves and nodes apart (RFC 6962, 2.1)."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node above two hashes; prefix 0x01."""
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """The roots of the full subtrees of a growing tree, widest first: enough to add leaves and know the root.

    Twenty hashes stand for a million leaves, so an append costs at most twenty hashings and not a million.
    """

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def add(self, hashed: bytes) -> None:
        """Take in the hash of one more leaf: as in adding one to a binary number, full pairs carry."""
        carry = self.size
        while carry & 1:
            hashed = node_hash(self._peaks.pop(), hashed)
            carry >>= 1
        self._peaks.append(hashed)
        self.size += 1

    @property
    def root(self) -> bytes:
        """The root of everything added so far."""
        if not self._peaks:
            return EMPTY_ROOT
        *rest, hashed = self._peaks
        for peak in reversed(rest):
            hashed = node_hash(peak, hashed)
        return hashed


def tree_root(hashes: Sequence[bytes]) -> bytes:
    """The root over leaf hashes."""
    frontier = Frontier()
    for hashed in hashes:
        frontier.add(hashed)
    return frontier.root


def prove_inclusion(hashes: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """The audit path of leaf ``index`` in the tree over ``hashes``, leaf to root (RFC 6962, 2.1.1).

    Raises ``IndexError`` when there is no such leaf.
    """
    if not 0 <= index < len(hashes):
        message = f"leaf {index} is not among {len(hashes)}"
        raise IndexError(message)
    if len(hashes) == 1:
        return ()
    split = _split(len(hashes))
    left, right = hashes[:split], hashes[split:]
    if index < split:
        return (*prove_inclusion(left, index), tree_root(right))
    return (*prove_inclusion(right, index - split), tree_root(left))


def includes(root: bytes, size: int, *, index: int, leaf: bytes, proof: Sequence[bytes]) -> bool:
    """Whether ``proof`` shows ``leaf`` at ``index`` of the tree with ``root`` and ``size`` (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, last, hashed = index, size - 1, leaf_hash(leaf)
    for step in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            hashed = node_hash(step, hashed)
            while not node & 1 and node:  # no sibling on these floors: the last node rises alone
                node, last = node >> 1, last >> 1
        else:
            hashed = node_hash(hashed, step)
        node, last = node >> 1, last >> 1
    return last == 0 and hashed == root


def prove_consistency(hashes: Sequence[bytes], old_size: int) -> tuple[bytes, ...]:
    """That the tree over ``hashes`` begins with its first ``old_size`` leaves (RFC 6962, 2.1.2).

    Raises ``IndexError`` when the old tree is larger than the new one.
    """
    if not 0 <= old_size <= len(hashes):
        message = f"a tree of {old_size} leaves cannot be the beginning of one of {len(hashes)}"
        raise IndexError(message)
    return _subproof(hashes, old_size, is_known=True) if old_size else ()


def is_consistent(old_root: bytes, old_size: int, new_root: bytes, new_size: int, *, proof: Sequence[bytes]) -> bool:
    """Whether ``proof`` shows that the new tree only added to the old one (RFC 9162, 2.1.4.2)."""
    if old_size in (0, new_size):
        return not proof and old_root == (new_root if old_size else EMPTY_ROOT)
    if not 0 < old_size < new_size:
        return False
    steps = list(proof)
    if old_size & (old_size - 1) == 0:  # the old tree is one full subtree: its root is known and left out
        steps.insert(0, old_root)
    if not steps:
        return False
    node, last = old_size - 1, new_size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, step)
        node, last = node >> 1, last >> 1
    return last == 0 and (old, new) == (old_root, new_root)


def _subproof(hashes: Sequence[bytes], old_size: int, *, is_known: bool) -> tuple[bytes, ...]:
    if old_size == len(hashes):
        return () if is_known else (tree_root(hashes),)
    split = _split(len(hashes))
    left, right = hashes[:split], hashes[split:]
    if old_size <= split:
        return (*_subproof(left, old_size, is_known=is_known), tree_root(right))
    return (*_subproof(right, old_size - split, is_known=False), tree_root(left))


def _split(size: int) -> int:
    """The largest power of two below ``size``."""
    return 1 << (size - 1).bit_length() - 1
