"""Values kept in rows: who keeps them, when they hold, and what the file still says."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from kefu_admin.actor import Actor
from kefu_admin.definitions import load
from kefu_admin.definitions.project import Project
from kefu_admin.operations import dated, reading, records, verifying
from kefu_admin.operations.desk import Desk
from kefu_admin.problems import (
    Conflict,
    FieldError,
    Forbidden,
    Invalid,
    KeyReused,
    NotFound,
    UnknownParameter,
)
from kefu_admin.store.database import Store
from kefu_admin.store.idempotency import idempotency_key
from tests.conftest import PROJECTS
from tests.databases import add as add_row
from tests.databases import opened
from tests.operations.people import BOOT

NAME = "choices.source"
NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
LATER = NOW + timedelta(seconds=1)
FAIR = {"code": "fair", "zh": "展会", "en": "Fair", "color": "green"}


@pytest.fixture(scope="module")
def dated_project() -> Project:
    """tests/projects/dated, loaded."""
    return load(PROJECTS / "dated")


@pytest.fixture
def desk(open_store: Callable[[Project], Store], dated_project: Project) -> Desk:
    """A desk with a list kept in rows, brought up as `kefu apply` does."""
    made = Desk(dated_project, open_store(dated_project))
    dated.bring_up(made, now=NOW)
    return made


def person(desk: Desk, role: str) -> Actor:
    """Somebody who holds a role."""
    at = "2026-11-21 00:00:00"
    id = add_row(
        desk.store, "kefu_user", login=f"{role}-login", name=role, password_hash="x",
        created_at=at, updated_at=at,
    )  # fmt: skip
    return Actor(user_id=id, login=f"{role}-login", name=role, roles=frozenset({role}))


def offered(desk: Desk, now: datetime = LATER) -> list[str]:
    """The ids a form offers at an instant."""
    desk.binding(BOOT, now)
    choices = desk.project.types["customer"].fields["source"].choices
    return [one.id for one in choices if not one.retired]


def shown(desk: Desk, now: datetime = LATER) -> dict[str, str]:
    """What every choice is called at an instant."""
    desk.binding(BOOT, now)
    return {one.id: one.label.zh for one in desk.project.types["customer"].fields["source"].choices}


def by_key(desk: Desk, keeper: Actor, key: str) -> list[dated.Kept]:
    """The values of a key, as the keeper sees them."""
    found = dated.values(desk, NAME, actor=keeper, now=LATER)
    return [one for one in found if one.value.key == key]


def wrong(refused: pytest.ExceptionInfo[Invalid]) -> list[tuple[str, str]]:
    """Field and code of every error."""
    return [(error.field, error.code) for error in refused.value.errors]


def test_the_file_gives_the_first_values_once(desk: Desk) -> None:
    assert offered(desk) == ["own", "referral"]
    assert dated.bring_up(desk, now=NOW) == 0


def test_a_value_added_is_offered_and_taken_at_once(desk: Desk) -> None:
    keeper, clerk = person(desk, "supervisor"), person(desk, "clerk")
    with pytest.raises(Invalid):
        records.create(desk, "customer", {"name": "甲", "source": "fair"}, actor=clerk, now=NOW)

    dated.add(desk, NAME, FAIR, actor=keeper, now=NOW)
    made = records.create(
        desk, "customer", {"name": "甲", "source": "fair"}, actor=clerk, now=LATER
    )

    assert offered(desk) == ["own", "referral", "fair"]
    assert made.version == 1


def test_a_value_without_a_key_gets_one_from_its_name(desk: Desk) -> None:
    keeper = person(desk, "supervisor")

    for key in ("dou_yin_zhi_bo", "dou_yin_zhi_bo_2"):
        dated.add(desk, NAME, {"zh": "抖音直播"}, actor=keeper, now=NOW)
        assert key in offered(desk)
    dated.add(desk, NAME, {"zh": "618 大促"}, actor=keeper, now=NOW)
    dated.add(desk, NAME, {"zh": "☎"}, actor=keeper, now=NOW)

    assert offered(desk)[-2:] == ["code_618_da_cu", "code"]


def test_an_ended_value_stays_readable_and_is_taken_no_more(desk: Desk) -> None:
    keeper = person(desk, "supervisor")
    values = {"name": "甲", "source": "own"}
    old = records.create(desk, "customer", values, actor=keeper, now=NOW)
    (own,) = by_key(desk, keeper, "own")
    ended = {"zh": "自主开发", "until_on": "2026-11-21"}
    dated.change(desk, NAME, own.value.id, own.value.version, ended, actor=keeper, now=NOW)

    with pytest.raises(Invalid) as refused:
        records.create(desk, "customer", {**values, "name": "乙"}, actor=keeper, now=LATER)
    records.change(desk, "customer", old.id, 1, {"name": "甲甲"}, actor=keeper, now=LATER)

    assert wrong(refused) == [("source", "retired_choice")]
    assert offered(desk) == ["referral"]
    assert shown(desk)["own"] == "自主开发"
    row = reading.get(desk, "customer", old.id, actor=keeper, now=LATER)
    assert row.values["source"] == "own"


def test_a_value_holds_from_its_day_in_the_projects_zone(desk: Desk) -> None:
    keeper = person(desk, "supervisor")
    dated.add(desk, NAME, {**FAIR, "from_on": "2026-12-01"}, actor=keeper, now=NOW)

    assert "fair" not in offered(desk, datetime(2026, 11, 30, 15, 59, tzinfo=UTC))
    assert "fair" in offered(desk, datetime(2026, 11, 30, 16, 0, tzinfo=UTC))


def test_a_new_value_for_a_key_ends_the_one_before(desk: Desk) -> None:
    keeper = person(desk, "supervisor")
    later = {"code": "own", "zh": "自拓", "from_on": "2026-12-01"}

    dated.add(desk, NAME, later, actor=keeper, now=NOW)

    first, second = (one.value for one in by_key(desk, keeper, "own"))
    assert (first.until_on, second.from_on) == (date(2026, 12, 1), date(2026, 12, 1))
    assert shown(desk, NOW + timedelta(days=1))["own"] == "自主开发"
    assert shown(desk, NOW + timedelta(days=20))["own"] == "自拓"


def test_dates_that_meet_or_end_too_early_are_refused(desk: Desk) -> None:
    keeper = person(desk, "supervisor")
    spring = {**FAIR, "from_on": "2026-03-01", "until_on": "2026-06-01"}
    dated.add(desk, NAME, spring, actor=keeper, now=NOW)

    for dates, code in (
        ({"from_on": "2026-05-31", "until_on": "2026-07-01"}, ("from_on", "dates_meet")),
        ({"from_on": "2026-09-01", "until_on": "2026-09-01"}, ("until_on", "ends_before")),
    ):
        with pytest.raises(Invalid) as refused:
            dated.add(desk, NAME, {**FAIR, **dates}, actor=keeper, now=NOW)
        assert wrong(refused) == [code]
    dated.add(desk, NAME, {**FAIR, "from_on": "2026-06-01"}, actor=keeper, now=NOW)


def test_what_is_sent_is_checked_part_by_part(desk: Desk) -> None:
    keeper = person(desk, "supervisor")

    with pytest.raises(Invalid) as refused:
        dated.add(desk, NAME, {"code": "Fair!", "color": "pnk"}, actor=keeper, now=NOW)
    with pytest.raises(UnknownParameter):
        dated.add(desk, NAME, {**FAIR, "position": "3"}, actor=keeper, now=NOW)

    assert sorted(wrong(refused)) == [
        ("code", "wrong_form"), ("color", "not_a_choice"), ("zh", "required"),
    ]  # fmt: skip


def test_only_a_keeper_sees_or_writes_values(desk: Desk) -> None:
    clerk, keeper = person(desk, "clerk"), person(desk, "supervisor")
    (own,) = by_key(desk, keeper, "own")

    with pytest.raises(Forbidden):
        dated.kept_by(desk, clerk)
    for refused in (
        lambda: dated.values(desk, NAME, actor=clerk, now=NOW),
        lambda: dated.add(desk, NAME, FAIR, actor=clerk, now=NOW),
        lambda: dated.change(desk, NAME, own.value.id, 1, {"zh": "x"}, actor=clerk, now=NOW),
        lambda: dated.history(desk, NAME, own.value.id, actor=clerk),
        lambda: dated.values(desk, "choices.none", actor=keeper, now=NOW),
        lambda: dated.value(desk, NAME, 987, actor=keeper),
    ):
        with pytest.raises(NotFound):
            refused()
    assert [one.name for one in dated.kept_by(desk, keeper)] == [NAME]


def test_a_token_keeps_values_only_with_the_scope(desk: Desk) -> None:
    keeper = person(desk, "supervisor")
    narrow = replace(keeper, scopes=frozenset({"customer:read"}))
    wide = replace(keeper, scopes=frozenset({"may:values"}))

    assert desk.grants(narrow).keeps == frozenset()
    assert desk.grants(wide).keeps == {NAME}


def test_a_version_that_moved_is_refused(desk: Desk) -> None:
    keeper = person(desk, "supervisor")
    (own,) = by_key(desk, keeper, "own")
    dated.change(desk, NAME, own.value.id, 1, {"zh": "自拓"}, actor=keeper, now=NOW)

    with pytest.raises(Conflict) as refused:
        dated.change(desk, NAME, own.value.id, 1, {"zh": "另一个"}, actor=keeper, now=NOW)

    assert refused.value.facts == {"version": 2, "sent": 1}


def test_a_form_sent_twice_adds_once(desk: Desk) -> None:
    keeper, key = person(desk, "supervisor"), idempotency_key("form-123", FAIR)

    first = dated.add(desk, NAME, FAIR, actor=keeper, now=NOW, key=key)
    second = dated.add(desk, NAME, FAIR, actor=keeper, now=NOW, key=key)

    assert first == second
    other = idempotency_key("form-123", {**FAIR, "zh": "会"})
    with pytest.raises(KeyReused):
        dated.add(desk, NAME, FAIR, actor=keeper, now=NOW, key=other)


def test_history_tells_who_changed_what(desk: Desk) -> None:
    keeper = person(desk, "supervisor")
    (own,) = by_key(desk, keeper, "own")
    dated.change(
        desk, NAME, own.value.id, 1, {"zh": "自拓", "until_on": "2027-01-01"}, actor=keeper, now=NOW
    )

    latest, first = dated.history(desk, NAME, own.value.id, actor=keeper)

    assert (latest.by, latest.action, latest.at) == ("supervisor", "update", NOW)
    assert latest.changes == {
        "zh": ("自主开发", "自拓"),
        "en": ("Own effort", None),
        "color": ("blue", None),
        "until_on": (None, "2027-01-01"),
    }
    assert (first.by, first.action) == ("system:apply", "create")


def test_another_process_shows_what_was_written_here(desk: Desk) -> None:
    other = Desk(load(PROJECTS / "dated"), opened(desk.store.url, desk.project, Path("/nowhere")))
    keeper = person(desk, "supervisor")
    assert "fair" not in offered(other, NOW)

    dated.add(desk, NAME, FAIR, actor=keeper, now=NOW)

    assert "fair" in offered(other, LATER)
    other.store.close()


def test_a_request_asks_once_whether_anybody_wrote(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered(desk, NOW)
    asked: list[str] = []
    run = desk.store.execute
    monkeypatch.setattr(
        desk.store, "execute", lambda sql, *rest: asked.append(sql) or run(sql, *rest)
    )

    for _ in range(3):
        desk.binding(BOOT, LATER)

    assert len(asked) == 1


def test_of_two_who_add_the_same_at_once_one_is_refused(desk: Desk) -> None:
    keeper, both, found = person(desk, "supervisor"), threading.Barrier(2), list[str]()

    def write(zh: str) -> None:
        both.wait(timeout=10)
        try:
            dated.add(desk, NAME, {**FAIR, "zh": zh}, actor=keeper, now=NOW)
            found.append("added")
        except Invalid as refused:
            found.append(refused.errors[0].code)
        finally:
            desk.store.release()

    threads = [threading.Thread(target=write, args=(zh,)) for zh in ("展会", "展览")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert sorted(found) == ["added", "dates_meet"]
    assert len(by_key(desk, keeper, "fair")) == 1


def test_an_upgrade_reaches_what_nobody_edited(desk: Desk, tmp_path: Path) -> None:
    keeper = person(desk, "supervisor")
    (own,) = by_key(desk, keeper, "own")
    dated.change(desk, NAME, own.value.id, 1, {"zh": "我们自己"}, actor=keeper, now=NOW)
    shutil.copytree(PROJECTS, tmp_path / "projects")
    path = tmp_path / "projects" / "dated" / "choices" / "source.yaml"
    path.write_text(
        "label: 来源\nkept_in: rows\nchoices:\n  - {id: own, label: 自营}\n"
        "  - {id: web, label: 网站}\n",
        "utf-8",
    )
    upgraded = Desk(load(path.parents[1]), desk.store)

    assert dated.bring_up(upgraded, now=NOW) == 2

    assert shown(upgraded) == {"own": "我们自己", "web": "网站", "referral": "老客户推荐"}
    assert offered(upgraded, NOW + timedelta(days=1)) == ["own", "web"]


def test_a_value_that_comes_back_into_the_file_holds_again(desk: Desk, tmp_path: Path) -> None:
    shutil.copytree(PROJECTS, tmp_path / "projects")
    path = tmp_path / "projects" / "dated" / "choices" / "source.yaml"
    path.write_text("label: 来源\nkept_in: rows\nchoices: [{id: own, label: 自营}]\n", "utf-8")
    dated.bring_up(Desk(load(path.parents[1]), desk.store), now=NOW)
    again = Desk(load(PROJECTS / "dated"), desk.store)

    dated.bring_up(again, now=NOW)

    assert offered(again, NOW + timedelta(days=2)) == ["own", "referral"]


def test_verify_finds_values_that_meet_and_records_that_name_none(desk: Desk) -> None:
    keeper = person(desk, "supervisor")
    records.create(desk, "customer", {"name": "甲", "source": "own"}, actor=keeper, now=NOW)
    about = {one.code for one in verifying.verify(desk, now=NOW).findings}
    assert not {code for code in about if code.startswith("dated")}
    add_row(
        desk.store, "kefu_dated_value", definition=NAME, key="own", from_on="2026-01-01",
        parts="{}", changed_at="2026-01-01 00:00:00", changed_by="x",
    )  # fmt: skip
    desk.store.execute("""UPDATE "customer" SET "source" = 'gone'""")

    found = verifying.verify(desk, now=NOW).findings

    assert {one.code for one in found} >= {"dated_meet", "dated_unknown"}


def test_the_errors_have_a_sentence() -> None:
    from kefu_admin import wording

    said = [
        wording.field_error(FieldError("from_on", "dates_meet", {"from": "…", "until": "…"}), "zh"),
        wording.sentence("dated_gap", "zh", name=NAME, key="own"),
    ]

    assert said == [
        "与已有的一段（… 至 …）重叠，请改日期，或先结束那一段。",
        "放在行里的值 choices.source 的“own”中间有一段没有值。",
    ]
