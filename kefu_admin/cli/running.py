"""How a command runs: settings first, then the command, and every known failure as a sentence."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from types import ModuleType

from kefu_admin import logs, settings, shipped, wording
from kefu_admin.behaviours.making import BadInstruction
from kefu_admin.cli.output import FAULTY, NOT_READY, WRONG, Output
from kefu_admin.problems import Busy, ConfigError, Invalid, Refusal
from kefu_admin.registry import BadExtension
from kefu_admin.settings import DEFAULT_CONFIG, BadSetting, Settings

BAD_SEEDS = "seeds 里的“{what}”用不了：配置里没有这个类型或字段，或者没有这种写法。"


def run(module: ModuleType, given: argparse.Namespace, output: Output) -> int:
    """Run the command's module; a failure it is meant to meet becomes a sentence and a code. What
    it is not meant to meet ends it, told without the values an error may quote."""
    sys.excepthook = logs.say_fault
    try:
        code: int = module.run(given, settings_of(given), output)
    except BadSetting as error:
        output.fault(wording.sentence(error.code, output.locale, **error.facts))
        return WRONG
    except BadExtension as error:
        output.fault(wording.sentence(error.code, output.locale, **error.facts))
        return WRONG
    except ConfigError as error:
        print_problems(error, output)
        return FAULTY
    except Refusal as error:
        return print_refusal(error, output)
    except BadInstruction as error:
        output.warn(BAD_SEEDS, what=error)
        return FAULTY
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone; nothing is left to say
        return FAULTY
    return code


def settings_of(given: argparse.Namespace) -> Settings:
    """Runtime settings with the command's options put over the environment."""
    options: dict[str, str | None] = {
        name: getattr(given, name, None) for name in ("config", "data", "locale", "host", "port")
    }
    if given.command == "run" and given.demo:
        options["demo"] = "1"
        if options["config"] is None and "KEFU_CONFIG" not in os.environ:
            here = Path(DEFAULT_CONFIG)
            options["config"] = str(here if here.is_dir() else shipped.config_directory())
    return settings.read(**options)


def print_refusal(error: Refusal, output: Output) -> int:
    """Why it was refused, each reason on a line; answers the exit code."""
    findings = getattr(error, "findings", None)  # of a database that is not ready
    if findings is not None:
        for finding in findings:
            output.fault(wording.sentence(finding.code, output.locale, **finding.facts))
        return NOT_READY
    output.fault(wording.refusal(error, output.locale))
    if why := _said_by_database(error):
        output.fault(output.text("数据库说：{why}", why=why))
    for wrong in error.errors if isinstance(error, Invalid) else ():
        output.fault(f"  {wrong.field}: {wording.field_error(wrong, output.locale)}")
    return FAULTY


def _said_by_database(error: Refusal) -> str:
    """The driver's words behind a database that does not answer (wrong address, no such database);
    "" for every other refusal. Whoever is at the command line has to mend it."""
    cause: BaseException | None = error if isinstance(error, Busy) else None
    while isinstance(cause, Busy):
        cause = cause.__cause__
    return " ".join(str(cause).split()) if cause is not None else ""


def print_problems(error: ConfigError, output: Output) -> None:
    """Every fault of a config, one a line, and how many."""
    for problem in error.problems:
        output.fault(wording.problem(problem, output.locale))
    output.warn("共 {count} 个问题。", count=len(error.problems))
