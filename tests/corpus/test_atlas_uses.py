"""Which atlas a use opens: its own, else training's if all of it may be used so."""

from dataclasses import replace

import pytest

from tests.corpus.test_atlas import WORK, _disc
from vitascope.corpus.atlas import Sprite, atlas_path, open_atlas, pack
from vitascope.errors import NotClearedError
from vitascope.rights.consent.snapshots import write
from vitascope.rights.register import Register, folder_for
from vitascope.rights.uses import OF_WORKS, Use

MINE = replace(
    WORK, id="work_1", lane="O", licence="LicenseRef-Vitascope-Opt-In", consent="explicit-opt-in", path="works/1"
)


def _take(home, use, *works):
    write(Register(works={work.id: work for work in works}, use=use), folder_for(home, use))


def _pack(path, work):
    sprite = Sprite(subject="dog", style="noto", work_id=work.id, pixels=_disc(), seconds=1.5)
    pack([(sprite, work.sha256)], path)


@pytest.mark.parametrize("use", OF_WORKS)
def test_a_drawing_under_a_licence_is_open_to_every_use(home, use):
    """The atlas of training is the only one there is, and serves."""
    _take(home, Use.TRAIN, WORK)
    _pack(atlas_path(), WORK)

    assert (WORK.id,) == open_atlas(use=use).work_ids


@pytest.mark.parametrize("use", [use for use in OF_WORKS if use is not Use.TRAIN])
def test_a_drawing_put_in_is_used_as_its_owner_granted(home, use):
    """A yes to training is none to the others; a yes to one of them, in a snapshot for it, opens the atlas for it."""
    _take(home, Use.TRAIN, WORK, MINE)
    _pack(atlas_path(), MINE)
    with pytest.raises(NotClearedError, match=rf"work_1.*for {use}.*--edition 1 --for {use}"):
        open_atlas(use=use)
    assert ("work_1",) == open_atlas().work_ids
    _take(home, use, WORK, MINE)

    assert ("work_1",) == open_atlas(use=use).work_ids


def test_an_atlas_built_for_a_use_is_opened_for_it(home):
    """Without the work that was not granted for it; training goes on with its own."""
    _take(home, Use.TRAIN, WORK, MINE)
    _pack(atlas_path(), MINE)
    _pack(atlas_path(use=Use.EVALUATE), WORK)

    assert (WORK.id,) == open_atlas(use=Use.EVALUATE).work_ids
    assert ("work_1",) == open_atlas().work_ids


def test_a_sheet_of_what_may_not_be_shown_is_not_painted(home):
    """A contact sheet shows the drawings themselves: it asks for display."""
    pytest.importorskip("resvg_py")
    from vitascope.corpus.sheet import main

    _take(home, Use.TRAIN, WORK, MINE)
    _pack(atlas_path(), MINE)

    with pytest.raises(NotClearedError, match="for display"):
        main([str(home / "sheet.png"), "subjects"])
    assert not (home / "sheet.png").exists()
