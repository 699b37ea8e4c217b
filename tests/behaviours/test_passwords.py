"""What the two password profiles ask, and how hashes behave."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from kefu_admin.behaviours import passwords
from kefu_admin.behaviours.passwords import PROFILES

NOW = datetime(2026, 11, 21, tzinfo=UTC)
DENGBAO, ASVS = PROFILES["dengbao2"], PROFILES["asvs"]


def codes(profile, password, login="zhang.wei"):
    return [fault.code for fault in passwords.faults(profile, password, login=login)]


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("Yu7-kmbr", []),
        ("Yu7-kmb", ["password_too_short"]),
        ("yukmbrtc", ["password_too_simple"]),
        ("yukmbrt7", ["password_too_simple"]),
        ("Zhang.Wei-77kq", ["password_has_login"]),
        ("雨后7Kx天晴山", []),
        ("Kb7-x" * 26, ["password_too_long"]),
        ("Kb7-x" * 25, []),
    ],
)
def test_dengbao2_asks_for_eight_of_three_kinds_without_the_login(password, expected):
    assert codes(DENGBAO, password) == expected


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("yukmbrtcwxpd", []),
        ("correct horse battery", []),
        ("yukmbrtcwxp", ["password_too_short"]),
        ("x" * 64, ["password_common"]),
        ("wo zai xi hu bian chi fan " * 3, []),
    ],
)
def test_asvs_asks_for_length_and_no_composition(password, expected):
    assert codes(ASVS, password) == expected


@pytest.mark.parametrize(
    "password",
    [
        "Password123!", "P@ssw0rd", "P@ssw0rd2024", "Woaini1314", "woaini520!!!", "Admin@123",
        "Admin888", "Qwer1234", "1qaz2WSX", "Zhang123456", "Wangwei2024!",
        "Kefu@2026", "Guanliyuan1!", "5201314Aa", "Aa123456", "Qq123456!", "Mima1234!",
        "aaaAAA111!", "Abcd1234", "!!Dragon99",
    ],
)  # fmt: skip
def test_a_common_password_is_refused_in_any_dress(password):
    assert "password_common" in codes(DENGBAO, password, login="li")


def test_the_list_of_common_passwords_has_three_thousand_entries():
    assert len(passwords._common()) >= 3000


def test_a_first_password_satisfies_its_profile_and_differs_each_time():
    for profile in PROFILES.values():
        made = {passwords.first_password(profile) for _ in range(5)}

        assert len(made) == 5
        assert all(not codes(profile, one) for one in made)


def test_a_hash_is_argon2id_with_the_declared_costs_and_fits_only_its_password():
    stored = passwords.hash_password("Yu7-kmbr")

    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.is_right(stored, "Yu7-kmbr")
    assert not passwords.is_right(stored, "yu7-kmbr")
    assert not passwords.is_right("", "Yu7-kmbr")
    assert not passwords.needs_rehash(stored)


def test_the_same_keys_composed_otherwise_are_the_same_password():
    stored = passwords.hash_password("Caf\u00e9-77kq")

    assert passwords.is_right(stored, "Cafe\u0301-77kq")


def test_the_last_five_passwords_may_not_come_back_but_the_sixth_may():
    former = [passwords.hash_password(f"Yu7-kmbr{n}") for n in range(6)]

    assert passwords.reused(DENGBAO, "Yu7-kmbr4", former)
    assert not passwords.reused(DENGBAO, "Yu7-kmbr5", former)


def test_dengbao2_asks_for_a_new_one_after_ninety_days_and_asvs_never():
    changed_at = NOW - timedelta(days=91)

    assert passwords.is_expired(DENGBAO, changed_at, now=NOW)
    assert not passwords.is_expired(DENGBAO, NOW - timedelta(days=90), now=NOW)
    assert not passwords.is_expired(ASVS, changed_at, now=NOW)


def test_no_more_than_two_hashes_are_worked_out_at_once(monkeypatch):
    running, most, guard = 0, 0, threading.Lock()
    real = passwords._HASHER

    class Watched:
        def hash(self, password: str) -> str:
            nonlocal running, most
            with guard:
                running += 1
                most = max(most, running)
            made = real.hash(password)
            with guard:
                running -= 1
            return made

    monkeypatch.setattr(passwords, "_HASHER", Watched())
    threads = [
        threading.Thread(target=passwords.hash_password, args=(f"Yu7-{n}",)) for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert most == 2
