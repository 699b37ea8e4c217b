"""Passwords: what a profile asks of a new one, and how they are hashed.

Two profiles, because the rules contradict each other: `dengbao2` (GB/T 22239 level 2: composition
and regular change) and `asvs` (OWASP ASVS 5 §6.2: length instead of composition, no forced change).
Both refuse what is common, including pinyin and keyboard runs, and what holds the login.

Hashes are argon2id with 19 MiB, 2 passes, 1 lane; a process works out two at a time at most, so
that a flood of sign-ins does not eat the machine's memory. Rule: D25, S15.
"""

from __future__ import annotations

import secrets
import threading
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from kefu_admin.problems import Busy, FieldError

MAX_LENGTH = 128  # code points; longer ones cost memory and help nobody
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_SLOTS = threading.BoundedSemaphore(2)
_SLOT_SECONDS = 20
_HASHING: set[int] = set()  # threads that work one out, or wait for it
_LOOKALIKES = str.maketrans({"@": "a", "4": "a", "0": "o", "1": "i", "3": "e", "$": "s", "5": "s"})
_LETTERS = "abcdefghjkmnpqrstuvwxyz"
_DIGITS = "23456789"


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordProfile:
    """What is asked of passwords.

    `classes` of lower case, upper case, digits and others must be present; `history` former
    passwords may not come back; `max_age_days` 0 means that nobody is made to change.
    """

    id: str
    min_length: int
    classes: int
    history: int
    max_age_days: int


PROFILES: Mapping[str, PasswordProfile] = {
    "dengbao2": PasswordProfile(id="dengbao2", min_length=8, classes=3, history=5, max_age_days=90),
    "asvs": PasswordProfile(id="asvs", min_length=12, classes=1, history=5, max_age_days=0),
}


def faults(profile: PasswordProfile, password: str, *, login: str) -> tuple[FieldError, ...]:
    """Everything the profile has against a new password; empty when it may be used."""
    found: list[FieldError] = []

    def refuse(code: str, **facts: object) -> None:
        found.append(FieldError("password", code, facts))

    plain = normal(password)
    if len(plain) < profile.min_length:
        refuse("password_too_short", min=profile.min_length)
    if len(plain) > MAX_LENGTH:
        refuse("password_too_long", max=MAX_LENGTH)
    if _classes(plain) < profile.classes:
        refuse("password_too_simple", classes=profile.classes)
    if len(login) >= 3 and login.casefold() in plain.casefold():
        refuse("password_has_login")
    if is_common(plain):
        refuse("password_common")
    return tuple(found)


def reused(profile: PasswordProfile, password: str, former: Sequence[str]) -> bool:
    """Whether it is one of the last few, the present one too (`former`: hashes, newest first)."""
    return any(is_right(old, password) for old in former[: profile.history])


def is_expired(profile: PasswordProfile, changed_at: datetime, *, now: datetime) -> bool:
    """Whether the profile asks for a new password by now."""
    return bool(profile.max_age_days) and now - changed_at > timedelta(days=profile.max_age_days)


def is_common(password: str) -> bool:
    """Whether it is on the list, is one of it with digits or signs around it or look-alikes in it,
    or uses fewer than five different characters."""
    lowered = normal(password).casefold()
    if len(set(lowered)) < 5:
        return True
    core = _core(lowered, str.isalpha)
    forms = {
        lowered,
        core,
        _core(lowered, str.isdigit),
        lowered.translate(_LOOKALIKES),
        core.translate(_LOOKALIKES),
    }
    return not forms.isdisjoint(_common())


def hash_password(password: str) -> str:
    """The argon2id hash to store.

    Raises:
        Busy: two others were being worked out for 20 s.
    """
    with _slot():
        return _HASHER.hash(normal(password))


def is_right(stored: str, password: str) -> bool:
    """Whether the password has this hash; a hash of another kind is never right."""
    with _slot():
        try:
            return _HASHER.verify(stored, normal(password)[: MAX_LENGTH * 2])
        except (VerificationError, InvalidHashError):
            return False


def is_hashing() -> bool:
    """Whether this process is working out a hash."""
    return bool(_HASHING)


def needs_rehash(stored: str) -> bool:
    """Whether the hash was made with other costs than today's."""
    return _HASHER.check_needs_rehash(stored)


def refuse_in_equal_time(password: str) -> None:
    """Spend the time of a check for somebody who does not exist, so that nobody can tell."""
    is_right(_nobody(), password)


def first_password(profile: PasswordProfile) -> str:
    """A random password that satisfies the profile, without characters that look alike."""
    while True:
        letters = "".join(secrets.choice(_LETTERS) for _ in range(10))
        digits = "".join(secrets.choice(_DIGITS) for _ in range(4))
        made = f"{letters[:5].capitalize()}-{letters[5:]}-{digits}"
        if not faults(profile, made, login=""):
            return made


def normal(password: str) -> str:
    """The same keys on another keyboard give the same characters: NFC."""
    return unicodedata.normalize("NFC", password)


def _classes(password: str) -> int:
    kinds = {
        "lower" if c.islower() else "upper" if c.isupper() else "digit" if c.isdigit() else "other"
        for c in password
    }
    return len(kinds)


def _core(text: str, kind: Callable[[str], bool]) -> str:
    """From the first to the last character of a kind: `password` of `!password2024`."""
    places = [place for place, character in enumerate(text) if kind(character)]
    return text[places[0] : places[-1] + 1] if places else ""


@cache
def _common() -> frozenset[str]:
    text = (files("kefu_admin") / "data" / "common_passwords.txt").read_text("utf-8")
    return frozenset(line for line in text.splitlines() if not line.startswith("# "))


@cache
def _nobody() -> str:
    return hash_password(secrets.token_urlsafe(16))


@contextmanager
def _slot() -> Iterator[None]:
    _HASHING.add(threading.get_ident())
    try:
        if not _SLOTS.acquire(timeout=_SLOT_SECONDS):
            raise Busy
        try:
            yield
        finally:
            _SLOTS.release()
    finally:
        _HASHING.discard(threading.get_ident())
