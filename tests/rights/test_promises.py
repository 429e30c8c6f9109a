"""What holds for every book: decide() is total and fair whatever the records say (I3, I4, I8, I10)."""

from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from tests.rights.people import ANA, BEN, DAY, ENGINE, FAIR, GUEST, NOW, book_of, hold_on, key_of, login_of
from vitascope.rights.answer import Rule
from vitascope.rights.decide import decide
from vitascope.rights.hold import Level, Reach, Selector
from vitascope.rights.permission import Ending, PermissionState, accept, decline, end, excess, offer_below
from vitascope.rights.question import Ingredient, KeyKind, Moderation, Target
from vitascope.rights.quota import Cost, Measure, Per, Quota, Used
from vitascope.rights.uses import Use

OWN = Target(id="render/1", owner="ana")
OPEN_USES = sorted(use for use in Use if use.is_open)
OWN_CHOICES = sorted(use for use in Use if use.is_own_choice)
NEVER_HELD = [*OPEN_USES, *OWN_CHOICES, Use.VIDEO_START]

uses = st.sampled_from(Use)
sets_of_uses = st.frozensets(uses)
levels = st.sampled_from([level for level in Level if level is not Level.NONE])
moments = st.integers(-100, 100).map(lambda days: NOW + days * DAY)
people = st.sampled_from([ANA, BEN, GUEST])
quotas = st.lists(
    st.builds(Quota, measure=st.sampled_from(Measure), per=st.sampled_from(Per), limit=st.integers(0, 9)), max_size=2
).map(tuple)
costs = st.lists(st.builds(Cost, measure=st.sampled_from(Measure), amount=st.integers(0, 5)), max_size=2).map(tuple)
counts = st.lists(
    st.builds(
        Used,
        permission=st.sampled_from(["access-ana", "pass-1"]),
        measure=st.sampled_from(Measure),
        per=st.sampled_from(Per),
        amount=st.integers(0, 9),
    ),
    max_size=3,
).map(tuple)


@st.composite
def permissions(draw, name="access-ana", grantee="ana"):
    """Any permission that may exist, with any parent, in any state."""
    state = draw(st.sampled_from(PermissionState))
    start = draw(moments)
    return replace(
        ANA,
        id=name,
        grantee=grantee,
        grantor=draw(st.sampled_from(["programme", "ana", "ben"])),
        object=draw(st.sampled_from(["engine", "engine/xs", "character/ida", "render/1"])),
        uses=draw(sets_of_uses),
        valid_from=start,
        valid_until=start + draw(st.integers(1, 60)) * DAY,
        parent=draw(st.sampled_from([None, "access-ana", "pass-1", "lost"])),
        quotas=draw(quotas),
        state=state,
        ending=draw(st.sampled_from(Ending)) if state is PermissionState.ENDED else None,
    )


targets = st.builds(
    Target,
    id=st.sampled_from(["engine/xs", "render/1", "character/ida", "nowhere"]),
    owner=st.sampled_from([None, "ana", "ben"]),
    ingredients=st.lists(
        st.builds(Ingredient, id=st.just("character/ida"), owner=st.sampled_from(["ana", "ben"]), use=uses),
        max_size=2,
    ).map(tuple),
    costs=costs,
    moderation=st.none() | st.just(Moderation(rule="m1", reason="A name on the likeness list.")),
)


@st.composite
def holds(draw):
    """Any hold that may exist on anything in the small programme."""
    reach = draw(st.sampled_from(Reach))
    names = {
        Reach.KEY: ["key-ana", "key-ben", "key-guest"],
        Reach.PERMISSION: ["access-ana", "access-ben", "pass-1"],
        Reach.COHORT: ["first", "second"],
        Reach.FEATURE: ["video", "video.create", "character"],
        Reach.ALL: [""],
    }
    top = Level.NO_CREATE if reach is Reach.FEATURE else Level.KEY_DEAD
    return hold_on(reach, draw(st.sampled_from(names[reach])), min(draw(levels), top))


@given(st.data())
def test_decide_answers_everything_and_always_the_same(data):
    """Total and deterministic: any key, use, thing and book give one answer in words, in any order of records."""
    records = [data.draw(permissions()), data.draw(permissions("pass-1", "guest")), BEN]
    placed = data.draw(st.lists(holds(), max_size=3))
    key = key_of(data.draw(people), kind=data.draw(st.sampled_from(KeyKind)), scopes=data.draw(sets_of_uses))
    question = (key, data.draw(uses), data.draw(targets), data.draw(moments))
    used = data.draw(counts)

    first = decide(*question, book=book_of(*records, holds=placed), used=used)
    again = decide(*question, book=book_of(*reversed(records), holds=placed[::-1]), used=used)

    assert first == again
    assert first.allow == (first.rule is Rule.ALLOWED)
    assert first.explanation.startswith("Allowed" if first.allow else "Refused")
    assert first.allow or "appeal" in first.explanation
    assert (first.event is None) == (first.allow and question[1].is_silent)


@st.composite
def families(draw):
    """A parent and a child that fit each other but for a few fields, so that both answers are common."""
    wild = {"access-ana": draw(permissions()), "pass-1": draw(permissions("pass-1", "guest"))}
    fields = ["object", "uses", "valid_from valid_until", "quotas", "state ending", "grantor"]
    changes = {"access-ana": {}, "pass-1": {}}
    for name in draw(st.lists(st.sampled_from(list(wild)), max_size=2)):
        chosen = draw(st.sampled_from(fields)).split()
        changes[name] |= {field: getattr(wild[name], field) for field in chosen}
    return replace(ANA, **changes["access-ana"]), replace(GUEST, **changes["pass-1"])


@given(family=families(), use=st.sampled_from([Use.VIDEO_CREATE, Use.GUEST_INVITE]), costs=costs, used=counts)
def test_a_child_never_exceeds_its_parent(family, use, costs, used):
    """I10: what a guest may do under a pass, the permission above it allows its own holder too."""
    target = replace(ENGINE, costs=costs)
    known = book_of(*family)
    parent, child = family

    below = decide(key_of(child), use, target, NOW, book=known, used=used)
    above = decide(key_of(parent), use, target, NOW, book=known, used=used)

    assert above.allow or not below.allow


@given(use=uses, target=targets, ending=st.sampled_from(Ending), used=counts)
def test_a_child_dies_with_its_parent(use, target, ending, used):
    """I10: once the permission above has ended, the pass below it carries nothing more, and says what ended."""
    assume(use not in NEVER_HELD)

    decision = decide(key_of(GUEST), use, target, NOW, book=book_of(end(ANA, ending)), used=used)

    assert (Rule.PERMISSION_NOT_LIVE, "access-ana") == (decision.rule, decision.about)


@given(child=permissions("pass-1", "guest"))
def test_what_may_hang_below_is_what_carries(child):
    """A pass that offer_below refuses carries nothing if it is written into the records behind its back."""
    child = replace(child, parent="access-ana", state=PermissionState.ACTIVE, ending=None)

    if excess(child, ANA):
        decision = decide(key_of(child), Use.VIDEO_CREATE, ENGINE, NOW, book=book_of(child))
        assert not decision.allow
    else:
        assert child == offer_below(ANA, child)


def _is_below(hold, key, chain, use):
    selector = hold.selector
    selectors = {Selector(reach=Reach.KEY, id=key.id), Selector(reach=Reach.ALL)}
    selectors |= {Selector(reach=Reach.PERMISSION, id=link.id) for link in chain}
    selectors |= {Selector(reach=Reach.COHORT, id=link.cohort) for link in chain if link.cohort}
    family = use.value.split(".")[0]
    return selector in selectors or (selector.reach is Reach.FEATURE and selector.id in (use.value, family))


@given(placed=holds(), use=uses, target=targets, used=counts)
def test_a_hold_changes_nothing_outside_its_subtree(placed, use, target, used):
    """I3: whoever does not stand below the hold gets the very same decision, to the letter."""
    target = replace(target, ingredients=())
    chains = {"ana": (ANA,), "ben": (BEN,), "guest": (GUEST, ANA)}
    for permission in (ANA, BEN, GUEST):
        key = key_of(permission)
        before = decide(key, use, target, NOW, book=book_of(), used=used)
        after = decide(key, use, target, NOW, book=book_of(holds=[placed]), used=used)

        if not _is_below(placed, key, chains[permission.grantee], use):
            assert before == after


@given(placed=st.lists(holds(), min_size=1, max_size=4), use=st.sampled_from(NEVER_HELD))
def test_export_works_under_every_hold(placed, use):
    """I4: signed in, an owner reads, exports, reports, appeals and publishes as if there were no hold at all.

    What was accepted before is made.
    """
    free = decide(login_of(ANA), use, OWN, NOW, book=book_of())
    held = decide(login_of(ANA), use, OWN, NOW, book=book_of(holds=placed))
    by_key = decide(key_of(ANA), use, OWN, NOW, book=book_of(holds=[h for h in placed if h.level < Level.KEY_DEAD]))

    assert free.allow
    assert free == held
    assert by_key.allow


@given(access=permissions(), use=st.sampled_from(NEVER_HELD), now=moments)
def test_own_work_outlives_access(access, use, now):
    """Whatever became of the permission, its owner's works are theirs to read, export and publish."""
    key = login_of(ANA, expires=now + DAY)

    assert decide(key, use, OWN, now, book=book_of(access)).allow


@given(asked=sets_of_uses, use=uses, target=targets, who=people)
def test_declining_an_offer_changes_nothing(asked, use, target, who):
    """I8: an offer of other uses that is declined leaves every decision as it was."""
    offer = replace(ANA, id="offer", object=target.id, uses=asked, state=PermissionState.OFFERED, grantor="ben")

    before = decide(key_of(who), use, target, NOW, book=book_of(offer))
    after = decide(key_of(who), use, target, NOW, book=book_of(decline(offer)))
    never = decide(key_of(who), use, target, NOW, book=book_of())

    assert before == after == never


@given(declined=sets_of_uses, use=uses, who=st.sampled_from([ANA, BEN]))
def test_declining_an_optional_use_changes_nothing_else(declined, use, who):
    """I8: who accepts without training keeps everything else exactly as who accepted it all."""
    offer = replace(ANA, state=PermissionState.OFFERED)

    whole = decide(key_of(who), use, ENGINE, NOW, book=book_of(accept(offer, terms=FAIR.hash)))
    part = decide(key_of(who), use, ENGINE, NOW, book=book_of(accept(offer, terms=FAIR.hash, declined=declined)))

    if who is BEN or use not in declined:
        assert whole == part


@given(use=uses, who=people, target=targets)
def test_withdrawing_a_consent_ends_that_consent_alone(use, who, target):
    """I3: a clip withdrawn from training changes no decision about anything but that clip."""
    consent = replace(ANA, id="consent", grantor="ida", grantee="programme", object="clip/1", cohort=None)

    before = decide(key_of(who), use, target, NOW, book=book_of(consent))
    after = decide(key_of(who), use, target, NOW, book=book_of(end(consent, Ending.WITHDRAWN)))

    assert before == after
