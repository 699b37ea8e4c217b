"""A merge taken back: exactly what was moved and not changed since goes back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kefu_admin.operations import reading
from kefu_admin.problems import Forbidden, Invalid, NotFound, UndoOver
from kefu_admin.store import merges
from kefu_admin.store.merges import Verdict
from tests.desks import NOW
from tests.operations.merging.conftest import Pairs


def test_all_is_as_it_was(pairs: Pairs) -> None:
    one, two = pairs.paper("合同.txt"), pairs.paper("函.txt")
    mine, theirs = pairs.paper("a.txt", "logo"), pairs.paper("b.txt", "logo")
    gone = pairs.customer(
        "甲公司", phone="13800005678", contacts=({"name": "陈二"},), papers=(two,), logo=theirs
    )
    kept = pairs.customer(
        "甲公司", contacts=({"name": "陈一"},), papers=(one,), logo=mine, parent=gone,
        partners=(gone,),
    )  # fmt: skip
    visit = pairs.visit(gone, others=(gone,))
    both = pairs.visit(kept, others=(gone, kept))
    done = pairs.merge(kept, gone, "phone", "logo")
    assert pairs.value("customer", kept, "phone") == "13800005678"

    pairs.undo(done.merge)

    boss = pairs.furnished.people["boss"]
    here, there = (
        reading.get(pairs.desk, "customer", id, actor=boss, now=NOW) for id in (kept, gone)
    )
    assert [here.values["phone"], there.values["phone"]] == [None, "13800005678"]
    assert [[one.title for one in row.values["contacts"]] for row in (here, there)] == [  # type: ignore[attr-defined]
        ["陈一"], ["陈二"],
    ]  # fmt: skip
    assert [[one.id for one in row.values["papers"]] for row in (here, there)] == [[one], [two]]  # type: ignore[attr-defined]
    assert [row.values["logo"].id for row in (here, there)] == [mine, theirs]  # type: ignore[attr-defined]
    assert pairs.value("customer", kept, "parent") == gone
    assert pairs.links("customer", "partners", kept) == [gone]
    assert pairs.value("visit", visit, "customer") == gone
    assert pairs.links("visit", "others", visit) == [gone]
    assert sorted(pairs.links("visit", "others", both)) == sorted([gone, kept])
    assert [pairs.value("customer", id, "visit_count") for id in (kept, gone)] == [1, 1]
    assert merges.leads_to(pairs.store, "customer", gone) is None
    assert pairs.findings() == []


def test_a_reference_written_since_stays(pairs: Pairs) -> None:
    kept, gone, other = (pairs.customer(name) for name in ("甲公司", "甲", "乙"))
    back, away, again, noted = (pairs.visit(gone) for _ in range(4))
    done = pairs.merge(kept, gone)
    pairs.furnished.update("boss", "visit", away, 2, customer=other)
    pairs.furnished.update("boss", "visit", again, 2, customer=other)
    pairs.furnished.update("boss", "visit", again, 3, customer=kept)
    pairs.furnished.update("boss", "visit", noted, 2, summary="与引用无关")

    pairs.undo(done.merge)

    assert [pairs.value("visit", id, "customer") for id in (back, away, again, noted)] == [
        gone, other, kept, gone,
    ]  # fmt: skip
    told = merges.moved(pairs.store, done.merge, verdicts=tuple(Verdict), limit=10)
    assert [one.verdict for one in told] == [
        Verdict.BACK, Verdict.CHANGED, Verdict.CHANGED, Verdict.BACK,
    ]  # fmt: skip
    assert pairs.findings() == []


def test_a_record_deleted_since_is_told(pairs: Pairs) -> None:
    kept, gone = pairs.customer("甲公司"), pairs.customer("甲")
    visit = pairs.visit(gone)
    done = pairs.merge(kept, gone)
    pairs.furnished.remove("boss", "visit", visit, 2)

    pairs.undo(done.merge)

    told = merges.moved(pairs.store, done.merge, verdicts=tuple(Verdict), limit=10)
    assert [one.verdict for one in told] == [Verdict.GONE]


def test_a_value_changed_since_stays_and_is_named(pairs: Pairs) -> None:
    kept, gone = pairs.customer("甲公司"), pairs.customer("甲", level="b", region="440305")
    done = pairs.merge(kept, gone, "level", "region")
    pairs.furnished.update("boss", "customer", kept, 2, level="a")

    pairs.undo(done.merge)

    assert pairs.furnished.row("customer", kept, "level", "region") == ("a", None)
    merge = merges.get(pairs.store, done.merge)
    assert merge is not None
    assert merge.left == ("level",)


def test_its_time_passes(pairs: Pairs) -> None:
    kept, gone = pairs.customer("甲公司"), pairs.customer("甲")
    done = pairs.merge(kept, gone)

    with pytest.raises(UndoOver):
        pairs.undo(done.merge, now=NOW + timedelta(hours=73))
    pairs.undo(done.merge, now=NOW + timedelta(hours=71))
    with pytest.raises(UndoOver):
        pairs.undo(done.merge)


@pytest.mark.parametrize("who", ["wang", "li"])
def test_who_may_not_merge_does_not_undo(pairs: Pairs, who: str) -> None:
    kept, gone = pairs.customer("甲公司"), pairs.customer("甲")
    done = pairs.merge(kept, gone)

    with pytest.raises(Forbidden if who == "wang" else NotFound):
        pairs.undo(done.merge, who=who)

    assert pairs.value("customer", gone, "id") is None


def test_merges_are_undone_from_the_last(pairs: Pairs) -> None:
    first, second, third = (pairs.customer(name) for name in ("甲", "乙", "丙"))
    visit = pairs.visit(first)
    one, two = pairs.merge(second, first), pairs.merge(third, second)

    with pytest.raises(Invalid) as refused:
        pairs.undo(one.merge)
    assert [each.code for each in refused.value.errors] == ["merge_went_on"]
    pairs.undo(two.merge)
    assert pairs.value("visit", visit, "customer") == second
    pairs.undo(one.merge)

    assert pairs.value("visit", visit, "customer") == first
    assert pairs.findings() == []


def test_verify_tells_of_a_merge_nobody_told(pairs: Pairs) -> None:
    kept, gone = pairs.customer("甲公司"), pairs.customer("甲")
    pairs.merge(kept, gone)

    pairs.store.execute('UPDATE "kefu_merge" SET "id" = "id" + 100')

    assert "merge_without_line" in {one.code for one in pairs.findings()}


def test_verify_tells_of_a_reference_moved_untold(pairs: Pairs) -> None:
    kept, gone = pairs.customer("甲公司"), pairs.customer("甲")
    pairs.visit(gone)
    pairs.merge(kept, gone)

    pairs.store.execute("""UPDATE "kefu_history" SET "operation" = 'x' WHERE "type" = 'visit'""")

    assert "merge_untold" in {one.code for one in pairs.findings()}


def test_verify_tells_of_merges_that_go_round(pairs: Pairs) -> None:
    one, other = pairs.customer("甲公司"), pairs.customer("甲")
    done = pairs.merge(one, other)

    pairs.store.execute('UPDATE "kefu_merge" SET "kept_id" = ? WHERE "id" = ?', (other, done.merge))

    assert "merge_round" in {one.code for one in pairs.findings()}
