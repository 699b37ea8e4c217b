"""What a client sent, read strictly: JSON bodies, query parameters, preconditions.

Anything a lenient reader would guess at is refused: a key given twice, NaN, a list where an object
belongs, nesting beyond reason, text that is no UTF-8, a parameter nobody knows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal

from flask import request
from werkzeug.exceptions import NotAcceptable, UnsupportedMediaType

from kefu_admin.faces.http import locale
from kefu_admin.problems import BadRequest, FieldError, Invalid, UnknownParameter, VersionRequired
from kefu_admin.wording import text

DEEPEST = 32
_LARGEST_ID = 2**63 - 1
_ETAG = re.compile(r'"([1-9][0-9]{0,17})"')
_KEY = re.compile(r"[A-Za-z0-9_\-:.]{8,100}")


def refuse(sentence: str, **facts: object) -> BadRequest:
    """A `BadRequest` with its detail in the caller's language."""
    return BadRequest(detail=text(sentence, locale(), **facts))


def bad_parameter(name: str, code: str, /, **facts: object) -> Invalid:
    """A parameter whose value is not one it takes."""
    return Invalid([FieldError(name, code, facts)])


def json_object() -> dict[str, object]:
    """The body as a JSON object.

    Raises:
        UnsupportedMediaType: the body is not said to be JSON.
        BadRequest: it is no JSON object, or holds what JSON does not know.
    """
    if request.mimetype != "application/json":
        raise UnsupportedMediaType
    raw = request.get_data(cache=False)
    value = parse_json(raw)
    if not isinstance(value, dict):
        raise refuse("内容应为一个 JSON 对象。")
    return value


def parse_json(raw: bytes | str) -> object:
    """JSON read strictly; fractions become `Decimal`.

    Raises:
        BadRequest: broken, not UTF-8, a key twice, NaN or Infinity, a lone surrogate, deeper
            than 32.
    """
    try:
        written = raw.decode("utf-8") if isinstance(raw, bytes) else raw
        value = json.loads(
            written,
            object_pairs_hook=_object,
            parse_constant=_no_constant,
            parse_float=Decimal,
        )
        _check(value)
    except BadRequest:
        raise
    except (ValueError, RecursionError, ArithmeticError) as error:
        raise refuse("不是合法的 JSON。") from error
    return value


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    built = dict(pairs)
    if len(built) != len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]  # set.add answers None
        raise refuse("JSON 中的键“{name}”出现了两次。", name=_printable(twice))
    return built


def _no_constant(name: str) -> object:
    raise refuse("JSON 中不能有 {name}。", name=name)


def _check(value: object) -> None:
    """No lone surrogate anywhere, no deeper than `DEEPEST`."""
    level: list[object] = [value]
    for _ in range(DEEPEST):
        if not level:
            return
        level = [inner for outer in level for inner in _inside(outer)]
    raise refuse("JSON 嵌套太深。")


def _inside(value: object) -> Iterator[object]:
    if isinstance(value, str):
        value.encode("utf-8")  # UnicodeEncodeError is a ValueError: a lone surrogate
    elif isinstance(value, dict):
        for name, inner in value.items():
            name.encode("utf-8")
            yield inner
    elif isinstance(value, list):
        yield from value


def _printable(name: str) -> str:
    return name.encode("utf-8", "replace").decode()[:80]


def known(values: Mapping[str, object], names: Collection[str]) -> None:
    """Refuse a key nobody knows.

    Raises:
        UnknownParameter: names the first one, in the order sent.
    """
    for name in values:
        if name not in names:
            raise UnknownParameter(name=_printable(name))


def parameters(*names: str) -> dict[str, str]:
    """The query parameters, each known and given at most once.

    Raises:
        UnknownParameter: one is not known here.
        Invalid: one is given twice.
    """
    found: dict[str, str] = {}
    for name, values in request.args.lists():
        if name not in names:
            raise UnknownParameter(name=_printable(name))
        if len(values) > 1:
            raise bad_parameter(name, "parameter_twice")
        found[name] = values[0]
    return found


def whole(name: str, raw: object, *, least: int, most: int) -> int:
    """A whole number between bounds, from text or JSON.

    Raises:
        Invalid: it is none, or out of bounds.
    """
    number = raw if isinstance(raw, int) and not isinstance(raw, bool) else None
    if isinstance(raw, str) and re.fullmatch(r"-?[0-9]{1,18}", raw, re.ASCII):
        number = int(raw)
    if number is None or not least <= number <= most:
        raise bad_parameter(name, "parameter_whole", least=least, most=most)
    return number


def switch(name: str, raw: object) -> bool:
    """true or false, from text or JSON.

    Raises:
        Invalid: anything else.
    """
    if isinstance(raw, bool):
        return raw
    if raw in ("true", "false"):
        return raw == "true"
    raise bad_parameter(name, "parameter_switch")


def text_of(name: str, raw: object, *, longest: int) -> str:
    """A text, not longer than `longest` characters.

    Raises:
        Invalid: no text, or too long.
    """
    if not isinstance(raw, str) or len(raw) > longest:
        raise bad_parameter(name, "parameter_text", longest=longest)
    return raw


def object_of(name: str, raw: object) -> dict[str, object]:
    """A JSON object inside a body.

    Raises:
        Invalid: it is none.
    """
    if not isinstance(raw, dict):
        raise bad_parameter(name, "parameter_object")
    return raw


def names_of(name: str, raw: object, *, most: int = 100) -> tuple[str, ...]:
    """A list of field names: comma-separated text in a URL, a list in a body.

    Raises:
        Invalid: something else, an empty or repeated name, or too many.
    """
    listed = raw.split(",") if isinstance(raw, str) else raw
    if (
        not isinstance(listed, list)
        or not all(isinstance(item, str) and item for item in listed)
        or len(set(listed)) != len(listed)
        or len(listed) > most
    ):
        raise bad_parameter(name, "parameter_names", most=most)
    return tuple(listed)


def record_id(raw: int) -> int:
    """An id from the path; one no database holds is simply not found by operations."""
    return raw if raw <= _LARGEST_ID else 0


def version() -> int:
    """The version the client read, from `If-Match: "7"`.

    Raises:
        VersionRequired: the header is missing.
        BadRequest: it is not one strong entity tag.
    """
    sent = request.headers.get("If-Match")
    if sent is None:
        raise VersionRequired
    match = _ETAG.fullmatch(sent.strip())
    if match is None:
        raise refuse('If-Match 应为读到的版本号，例如 "7"。')
    return int(match[1])


def etag(version: int) -> str:
    """The entity tag of a version."""
    return f'"{version}"'


def idempotency_key() -> str | None:
    """The client's name for this request, so that sending it twice does it once.

    Raises:
        BadRequest: not 8 to 100 letters, digits or `-_:.`.
    """
    sent = request.headers.get("Idempotency-Key")
    if sent is None:
        return None
    if not _KEY.fullmatch(sent):
        raise refuse("Idempotency-Key 应为 8 到 100 个字母、数字或 -_:. 字符。")
    return sent


def no_body() -> None:
    """A request that takes no body must bring none.

    Raises:
        BadRequest: it does.
    """
    if request.content_length or request.headers.get("Transfer-Encoding"):
        raise refuse("这个请求不带内容。")


def json_wanted() -> None:
    """The client must take JSON.

    Raises:
        NotAcceptable: its `Accept` leaves JSON out.
    """
    accepted = request.accept_mimetypes
    if accepted and not accepted["application/json"]:
        raise NotAcceptable
