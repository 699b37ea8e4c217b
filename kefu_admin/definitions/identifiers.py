"""Phones, identity numbers, e-mail and web addresses: what is one, and its one spelling."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import urlsplit

from kefu_admin.definitions.fields import BadValue, Field
from kefu_admin.definitions.text_rules import identifier
from kefu_admin.definitions.values import is_blank

_MOBILE = re.compile(r"1[3-9]\d{9}")
_SERVICE = re.compile(r"[48]00\d{7}")
_HOTLINE = re.compile(r"9[56]\d{3,6}|1[012]\d{1,3}")
# 010 and 02x take eight digits, other areas seven or eight; subscriber numbers begin with 2-9
_LANDLINE = re.compile(r"(?:(010|02\d)-?([2-9]\d{7})|(0[3-9]\d{2})-?([2-9]\d{6,7}))")
_SPLIT_LANDLINE = re.compile(r"^(010|02\d|0[3-9]\d{2})-?(\d{3,4})-(\d{4})(?!\d)")
_ABROAD = re.compile(r"\+[1-9]\d{6,14}")
_EXTENSION = re.compile(r"(?:转|ext\.?|x|#)(\d{1,6})$", re.IGNORECASE)
_HYPHEN_EXTENSION = re.compile(r"(?<=\d{7})-(\d{1,6})$")
_ID = re.compile(r"[1-9]\d{16}[\dX]")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(
    r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])"
)


def to_phone(field: Field, raw: object) -> str | None:
    """A mainland mobile, landline (010-12345678, extension after a second hyphen), 400/800, 95xxx
    or other short number as digits; a number abroad as +852…"""
    if is_blank(raw):
        return None
    if not isinstance(raw, (str, int)) or isinstance(raw, bool):
        raise BadValue("not_a_phone")
    text = re.sub(r"[\s()]", "", identifier(str(raw)))
    text = re.sub(r"^(\+86|0086)-?", "", text)
    text = _SPLIT_LANDLINE.sub(r"\1-\2\3", text)
    extension = ""
    if match := _EXTENSION.search(text):
        text, extension = text[: match.start()].rstrip("-"), match[1]
    elif text.startswith("0") and (match := _HYPHEN_EXTENSION.search(text)):
        text, extension = text[: match.start()], match[1]
    if match := _LANDLINE.fullmatch(text):
        number = f"{match[1] or match[3]}-{match[2] or match[4]}"
        return f"{number}-{extension}" if extension else number
    digits = text.replace("-", "")
    if not extension and any(
        pattern.fullmatch(digits) for pattern in (_MOBILE, _SERVICE, _HOTLINE, _ABROAD)
    ):
        return digits
    raise BadValue("not_a_phone")


def to_id_number(field: Field, raw: object) -> str | None:
    """An 18-character identity number: a real birth date and the right check digit, X in capital.

    The region is not looked up: regions that once were stay valid.
    """
    if is_blank(raw):
        return None
    if not isinstance(raw, (str, int)) or isinstance(raw, bool):
        raise BadValue("not_an_id_number")
    text = identifier(str(raw)).upper().replace(" ", "")
    if not _ID.fullmatch(text):
        raise BadValue("not_an_id_number")
    try:
        born = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        raise BadValue("id_number_birth_date") from None
    if born.year < 1800:
        raise BadValue("id_number_birth_date")
    if text[17] != check_digit(text[:17]):
        raise BadValue("id_number_check_digit")
    return text


def check_digit(seventeen: str) -> str:
    """The last character of an identity number (GB 11643, ISO 7064 MOD 11-2)."""
    total = sum(int(digit) * weight for digit, weight in zip(seventeen, _WEIGHTS, strict=True))
    return "10X98765432"[total % 11]


def to_email(field: Field, raw: object) -> str | None:
    """An ASCII e-mail address; the domain in lower case."""
    if is_blank(raw):
        return None
    if not isinstance(raw, str):
        raise BadValue("not_an_email")
    local, at, domain = identifier(raw).rpartition("@")
    domain = domain.lower()
    if not at or len(local) > 64 or not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain):
        raise BadValue("not_an_email")
    return f"{local}@{domain}"


def to_url(field: Field, raw: object) -> str | None:
    """An http or https address with a host and without a login; scheme and host in lower case."""
    if is_blank(raw):
        return None
    if not isinstance(raw, str):
        raise BadValue("not_a_url")
    text = identifier(raw)
    if re.search(r"[\s<>\"\\^`{|}]", text):
        raise BadValue("not_a_url")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise BadValue("not_a_url") from None
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc:
        raise BadValue("not_a_url")
    if not re.fullmatch(r"[\w.-]+|[0-9a-f:.]+", host):
        raise BadValue("not_a_url")
    shown = f"[{host}]" if ":" in host else host
    return parts._replace(netloc=shown if port is None else f"{shown}:{port}").geturl()
