"""The conditioning mixture gives what it says, and keeps level and loss apart from what is given."""

import pytest

torch = pytest.importorskip("torch")

from vitascope.training import conditioning  # noqa: E402  after the guard

pytestmark = pytest.mark.torch


def drawn(batch=4000, latents=5, grid=(4, 4), seed=0):
    """A large draw, its seed fixed."""
    return conditioning.draw(batch, latents, grid, 0.8, torch.Generator().manual_seed(seed))


def test_given_rows_are_clean_and_the_rest_is_not():
    """Group 0 has level 0; every other row has a level strictly between 0 and 1."""
    levels = drawn()

    rows = levels.of_rows().squeeze(-1)

    assert torch.equal(levels.group_BN == 0, rows == 0)
    assert 0 < rows[rows > 0].min()
    assert rows.max() <= 1


def test_every_clip_keeps_something_to_make():
    """However much is given, some row is noise."""
    assert bool((drawn().group_BN > 0).any(dim=1).all())


def test_shares_are_those_of_the_mixture():
    """First frame alone, first and last, and nothing given come as often as the table says, within 2.5 points."""
    latent_given = (drawn().group_BN.view(4000, 5, 16) == 0).all(-1)

    first = (latent_given == torch.tensor([True, False, False, False, False])).all(1).float().mean()
    ends = (latent_given == torch.tensor([True, False, False, False, True])).all(1).float().mean()
    nothing = (drawn().group_BN > 0).all(1).float().mean()

    assert float(first) == pytest.approx(conditioning.MIXTURE["first"], abs=0.025)
    assert float(ends) == pytest.approx(conditioning.MIXTURE["ends"], abs=0.025)
    assert float(nothing) == pytest.approx(conditioning.MIXTURE["all"] + conditioning.MIXTURE["apart"], abs=0.035)


def test_a_still_is_never_given():
    """A clip of one latent has nothing to be conditioned on."""
    assert bool((drawn(latents=1).group_BN == 1).all())


def test_levels_apart_differ_between_latents():
    """In about one clip of twenty, each latent has a level of its own."""
    level = drawn().level_BG[:, 1:]

    apart = (level != level[:, :1]).any(dim=1).float().mean()

    assert float(apart) == pytest.approx(conditioning.MIXTURE["apart"], abs=0.02)


def test_a_block_fits_any_grid():
    """Wide and tall frames: rows inside and outside of it in some clip, as many as the grid has."""
    levels = drawn(latents=3, grid=(6, 10))

    assert (4000, 180) == tuple(levels.group_BN.shape)
    block = (levels.group_BN == 0).view(4000, 3, 60).any(-1).all(-1) & (levels.group_BN > 0).any(-1)
    assert bool(block.any())


def test_a_word_goes_unsaid_only_where_the_whole_first_latent_is_shown():
    """Six in ten of the clips that are opened by a picture lose the word for their thing; others keep it."""
    levels = drawn()
    opened = (levels.group_BN[:, :16] == 0).all(dim=1)

    unnamed = levels.unnamed(16, torch.Generator().manual_seed(2))

    assert not bool(unnamed[~opened].any())
    assert float(unnamed[opened].float().mean()) == pytest.approx(conditioning.UNNAMED, abs=0.05)
