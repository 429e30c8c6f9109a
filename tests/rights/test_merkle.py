"""Merkle trees: the published vectors, a second reading of the RFC, and proofs that fail when anything changes."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitascope.rights.merkle import (
    EMPTY_ROOT,
    includes,
    is_consistent,
    leaf_hash,
    prove_consistency,
    prove_inclusion,
    tree_root,
)

# Leaves and roots of the reference tests of Certificate Transparency.
LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)

trees = st.lists(st.binary(max_size=4), min_size=1, max_size=40)


def _rfc_root(leaves):
    """Section 2.1 of RFC 6962 word for word, by recursion: the second implementation."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    split = max(2**power for power in range(len(leaves)) if 2**power < len(leaves))
    return sha256(b"\x01" + _rfc_root(leaves[:split]) + _rfc_root(leaves[split:])).digest()


def _hashes(leaves):
    return [leaf_hash(leaf) for leaf in leaves]


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_of_the_reference_tests(size):
    """From the empty tree to eight leaves."""
    assert ROOTS[size] == tree_root(_hashes(LEAVES[:size])).hex() == _rfc_root(LEAVES[:size]).hex()


@given(trees)
def test_the_growing_root_is_the_root_of_the_rfc(leaves):
    """Adding leaf by leaf gives what the recursion gives."""
    assert _rfc_root(leaves) == tree_root(_hashes(leaves))


@given(leaves=trees, data=st.data())
def test_every_leaf_can_be_proven_and_nothing_else(leaves, data):
    """A proof fits its leaf, place, tree and size; changed in any of them it fails."""
    index = data.draw(st.integers(0, len(leaves) - 1))
    proof = prove_inclusion(_hashes(leaves), index)
    root, size = _rfc_root(leaves), len(leaves)

    assert includes(root, size, index=index, leaf=leaves[index], proof=proof)
    assert not includes(root, size, index=index, leaf=leaves[index] + b"!", proof=proof)
    assert not includes(EMPTY_ROOT, size, index=index, leaf=leaves[index], proof=proof)
    assert not includes(root, size, index=index, leaf=leaves[index], proof=(*proof, root))
    assert not includes(root, size, index=size, leaf=leaves[index], proof=proof)
    if proof:
        assert not includes(root, size, index=index, leaf=leaves[index], proof=proof[:-1])
        other = data.draw(st.integers(0, size - 1).filter(lambda place: leaves[place] != leaves[index]) | st.none())
        assert other is None or not includes(root, size, index=other, leaf=leaves[index], proof=proof)


@given(leaves=trees, data=st.data())
def test_every_prefix_is_consistent_and_a_rewritten_one_is_not(leaves, data):
    """A proof shows that the old tree is the beginning of the new; with one old leaf changed there is none."""
    old_size = data.draw(st.integers(0, len(leaves)))
    proof = prove_consistency(_hashes(leaves), old_size)
    old, new, size = _rfc_root(leaves[:old_size]), _rfc_root(leaves), len(leaves)

    assert is_consistent(old, old_size, new, size, proof=proof)
    assert not is_consistent(old, old_size, new, size, proof=(*proof, new))
    assert not is_consistent(new, size + 1, new, size, proof=proof)
    if old_size:
        changed = data.draw(st.integers(0, old_size - 1))
        forged = [*leaves[:changed], leaves[changed] + b"!", *leaves[changed + 1 :]]
        forged_proof = prove_consistency(_hashes(forged), old_size)
        assert not is_consistent(old, old_size, _rfc_root(forged), size, proof=forged_proof)
        assert not is_consistent(_rfc_root(forged[:old_size]), old_size, new, size, proof=proof)
    if proof:
        assert not is_consistent(old, old_size, new, size, proof=proof[:-1])


def test_there_is_no_proof_of_what_is_not_there():
    """Asking for a leaf or an old tree beyond the end is a fault of the caller."""
    with pytest.raises(IndexError, match="leaf 8"):
        prove_inclusion(_hashes(LEAVES), 8)
    with pytest.raises(IndexError, match="9 leaves"):
        prove_consistency(_hashes(LEAVES), 9)
