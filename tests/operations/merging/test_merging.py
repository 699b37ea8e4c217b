"""Two records become one: what moves, what is kept, and who may."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from kefu_admin.operations import merging, reading, records, recycling
from kefu_admin.operations.merging import doing, moving
from kefu_admin.problems import Conflict, Forbidden, Invalid, NotFound, NotReady
from kefu_admin.store import merges
from tests.desks import NOW
from tests.operations.merging.conftest import Pairs, run_until_idle


def test_every_reference_moves_whatever_it_is(pairs: Pairs) -> None:
    kept, gone = pairs.customer("甲公司"), pairs.customer("甲")
    visit = pairs.visit(gone, others=(gone,))
    both = pairs.visit(kept, others=(gone, kept))
    child = pairs.customer("乙", parent=gone, partners=(gone,))

    pairs.merge(kept, gone)

    assert pairs.value("customer", gone, "id") is None
    assert pairs.value("visit", visit, "customer") == kept
    assert pairs.links("visit", "others", visit) == [kept]
    assert pairs.links("visit", "others", both) == [kept]
    assert pairs.value("customer", child, "parent") == kept
    assert pairs.links("customer", "partners", child) == [kept]
    assert pairs.value("customer", kept, "visit_count") == 2
    assert pairs.findings() == []


def test_rows_and_files_of_both_are_kept(pairs: Pairs) -> None:
    one, two = pairs.paper("合同.txt"), pairs.paper("函.txt")
    kept = pairs.customer("甲公司", contacts=({"name": "陈一"},), papers=(one,))
    gone = pairs.customer("甲", contacts=({"name": "陈一"}, {"name": "陈二"}), papers=(two,))

    pairs.merge(kept, gone)

    boss = pairs.furnished.people["boss"]
    row = reading.get(pairs.desk, "customer", kept, actor=boss, now=NOW)
    assert [one.title for one in row.values["contacts"]] == ["陈一", "陈一", "陈二"]  # type: ignore[attr-defined]
    assert [one.id for one in row.values["papers"]] == [one, two]  # type: ignore[attr-defined]
    told = reading.history(pairs.desk, "customer", kept, actor=boss, now=NOW)[0]
    assert len(told.before["contacts"]), len(told.after["contacts"]) == (1, 3)  # type: ignore[arg-type]


def test_chosen_values_are_taken_over_unique_ones_too(pairs: Pairs) -> None:
    kept = pairs.customer("甲公司", level="a")
    gone = pairs.customer("甲公司", phone="13800005678", level="b", secrecy="secret")

    pairs.merge(kept, gone, "phone", "level")

    found = pairs.furnished.row("customer", kept, "phone", "level", "secrecy")
    assert found == ("13800005678", "b", "secret")


def test_it_is_told_once_with_both_named(pairs: Pairs) -> None:
    kept, gone = pairs.customer("甲公司"), pairs.customer("甲")
    visit = pairs.visit(gone)
    lines = pairs.furnished.count("kefu_audit")

    done = pairs.merge(kept, gone)

    assert pairs.furnished.count("kefu_audit") == lines + 1
    [(action, changes)] = pairs.store.rows(
        'SELECT "action", "changes" FROM "kefu_audit" WHERE "chain" = ?',
        (merges.chain(done.merge),),
    )
    told = {name: after for name, (_, after) in json.loads(changes).items()}
    assert (action, told["kept"], told["gone"]) == ("merge", kept, gone)
    assert pairs.store.rows(
        'SELECT "type", "record_id" FROM "kefu_history" WHERE "operation" = ? ORDER BY "id"',
        (merges.chain(done.merge),),
    ) == [("visit", visit), ("customer", gone), ("customer", kept)]


def test_what_he_may_not_see_moves_too_and_is_nowhere_told(pairs: Pairs) -> None:
    kept, gone = pairs.customer("甲公司"), pairs.customer("甲")
    pairs.visit(gone)
    note = pairs.store.insert(
        'INSERT INTO "secret_note" ("text", "about", "created_at", "updated_at")'
        " VALUES (?, ?, ?, ?)",
        ("密", gone, "2026-11-21 02:00:00.000000", "2026-11-21 02:00:00.000000"),
    )

    done = pairs.merge(kept, gone)

    assert pairs.value("secret_note", note, "about") == kept
    boss = pairs.furnished.people["boss"]
    shown = merging.rows(pairs.desk, "customer", done.merge, actor=boss, now=NOW)
    assert [one.type.id for one in shown] == ["visit"]


@pytest.mark.parametrize("who", ["wang", "li"])
def test_without_the_right_nothing_happens(pairs: Pairs, who: str) -> None:
    kept, gone = pairs.customer("甲公司"), pairs.customer("甲")

    with pytest.raises(Forbidden if who == "wang" else NotFound):
        pairs.merge(kept, gone, who=who)

    assert pairs.value("customer", gone, "version") == 1
    assert pairs.furnished.count("kefu_merge") == 0


def test_either_changed_since_is_a_conflict(pairs: Pairs) -> None:
    kept, gone = pairs.customer("甲公司"), pairs.customer("甲")
    pairs.furnished.update("boss", "customer", gone, 1, level="a")

    for versions in ((1, 1), (2, 2)):
        with pytest.raises(Conflict):
            pairs.merge(kept, gone, versions=versions)

    assert pairs.value("customer", gone, "version") == 2


def test_the_second_to_merge_the_same_pair_is_told_so(pairs: Pairs) -> None:
    kept, gone = pairs.customer("甲公司"), pairs.customer("甲")
    pairs.merge(kept, gone)

    with pytest.raises(Invalid) as refused:
        pairs.merge(gone, kept, versions=(1, 1))

    assert [one.code for one in refused.value.errors] == ["merge_already"]


def test_a_record_is_not_merged_with_itself(pairs: Pairs) -> None:
    one = pairs.customer("甲公司")

    with pytest.raises(Invalid) as refused:
        pairs.merge(one, one)

    assert [each.code for each in refused.value.errors] == ["merge_same"]


def test_the_kept_record_does_not_refer_to_itself(pairs: Pairs) -> None:
    gone = pairs.customer("甲")
    kept = pairs.customer("甲公司", parent=gone, partners=(gone,))

    pairs.merge(kept, gone)

    assert pairs.value("customer", kept, "parent") is None
    assert pairs.links("customer", "partners", kept) == []


def test_a_rule_of_uniqueness_that_would_break_stops_all(pairs: Pairs) -> None:
    kept, gone = pairs.customer("甲公司"), pairs.customer("甲")
    pairs.visit(kept, score=7)
    pairs.visit(gone, score=7)

    with pytest.raises(Invalid) as refused:
        pairs.merge(kept, gone)

    assert [one.code for one in refused.value.errors] == ["merge_held"]
    assert pairs.value("customer", gone, "version") == 1
    assert pairs.furnished.count("kefu_merge") == 0


def test_an_old_id_and_an_old_number_lead_on_through_merges(pairs: Pairs) -> None:
    first, second, third = (pairs.customer(name) for name in ("甲", "乙", "丙"))
    number = pairs.value("customer", first, "code")
    pairs.merge(second, first)
    pairs.merge(third, second)

    assert merges.leads_to(pairs.store, "customer", first) == third
    assert merges.of_number(pairs.store, "customer", number.lower()) == third
    assert pairs.findings() == []


def test_the_bin_does_not_give_back_half_a_merge(pairs: Pairs) -> None:
    kept, gone = pairs.customer("甲公司"), pairs.customer("甲")
    boss = pairs.furnished.people["boss"]
    pairs.merge(kept, gone)

    with pytest.raises(Invalid) as refused:
        recycling.restore(pairs.desk, "customer", gone, 2, actor=boss, now=NOW)
    assert [one.code for one in refused.value.errors] == ["merge_in_bin"]

    late = NOW + timedelta(hours=73)
    recycling.restore(pairs.desk, "customer", gone, 2, actor=boss, now=late)
    assert merges.leads_to(pairs.store, "customer", gone) is None
    assert pairs.findings(late) == []


def test_a_record_linked_to_what_went_is_refused(pairs: Pairs) -> None:
    kept, gone = pairs.customer("甲公司"), pairs.customer("甲")
    pairs.merge(kept, gone)

    with pytest.raises(Invalid) as refused:
        records.create(
            pairs.desk,
            "visit",
            {"customer": str(gone)},
            actor=pairs.furnished.people["boss"],
            now=NOW,
        )

    assert [one.code for one in refused.value.errors] == ["no_such_record"]


def test_many_references_are_moved_by_a_worker(
    pairs: Pairs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doing, "CHUNK", 2)
    monkeypatch.setattr(moving, "CHUNK", 2)
    kept, gone = pairs.customer("甲公司"), pairs.customer("甲")
    visits = [pairs.visit(gone) for _ in range(5)]
    done = pairs.merge(kept, gone, "phone")
    assert not done.is_done
    late = pairs.visit(gone)  # linked while the worker is at it

    with pytest.raises(NotReady):
        pairs.merge(gone, kept)
    run_until_idle(pairs)

    assert {pairs.value("visit", id, "customer") for id in (*visits, late)} == {kept}
    assert pairs.value("customer", gone, "id") is None
    assert pairs.findings() == []
    undone = pairs.undo(done.merge)
    assert not undone.is_done
    run_until_idle(pairs)
    assert {pairs.value("visit", id, "customer") for id in (*visits, late)} == {gone}
    assert pairs.findings() == []


def test_a_merge_under_way_can_be_stopped(pairs: Pairs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doing, "CHUNK", 2)
    kept, gone = pairs.customer("甲公司"), pairs.customer("甲")
    visits = [pairs.visit(gone) for _ in range(5)]
    done = pairs.merge(kept, gone)

    pairs.undo(done.merge)
    run_until_idle(pairs)

    assert {pairs.value("visit", id, "customer") for id in visits} == {gone}
    assert pairs.value("customer", gone, "id") == gone
    assert pairs.findings() == []
