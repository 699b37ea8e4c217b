"""Runtime settings: read once, refused when they cannot be meant."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from kefu_admin import settings, wording
from kefu_admin.settings import BadSetting

GOOD = "kX9f2LqT0bWmZr7YcVn4HsJd8PaGe3Ui6oQyBtKw"


def test_every_setting_has_a_default(tmp_path: Path) -> None:
    found = settings.read({}, data=str(tmp_path))

    assert (found.host, found.port, found.demo, found.threads) == ("127.0.0.1", 8000, False, 8)
    assert found.database == f"sqlite:///{tmp_path / 'kefu.sqlite3'}"


def test_an_option_wins_over_the_environment() -> None:
    assert settings.read({"KEFU_PORT": "9000"}, port="9001").port == 9001


def test_a_misspelt_setting_is_refused_by_name() -> None:
    with pytest.raises(BadSetting) as refused:
        settings.read({"KEFU_TRUSTED_HOST": "desk.example"})

    assert wording.sentence(refused.value.code, "zh", **refused.value.facts) == (
        "不认识的设置 KEFU_TRUSTED_HOST。运行 kefu settings 查看全部设置。"
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [("KEFU_PORT", "70000"), ("KEFU_PORT", "x"), ("KEFU_DEMO", "perhaps"), ("KEFU_LOCALE", "fr")],
)
def test_a_value_of_another_kind_is_refused(name: str, value: str) -> None:
    with pytest.raises(BadSetting) as refused:
        settings.read({name: value})

    assert (refused.value.code, refused.value.facts["name"]) == ("setting_bad", name)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.7", "desk.example", "::"])
def test_demo_mode_never_listens_beyond_this_machine(host: str) -> None:
    with pytest.raises(BadSetting) as refused:
        settings.read({"KEFU_DEMO": "1", "KEFU_HOST": host})

    assert refused.value.code == "demo_not_loopback"


def test_outside_demo_mode_a_secret_must_be_given(tmp_path: Path) -> None:
    with pytest.raises(BadSetting) as refused:
        settings.secret(settings.read({}, data=str(tmp_path)))

    assert refused.value.code == "secret_missing"


@pytest.mark.parametrize(
    ("secret", "code"),
    [
        (GOOD[:31], "secret_short"),
        ("", "secret_short"),
        ("a" * 64, "secret_known"),
        ("changeme" + GOOD, "secret_known"),
        ("0123456789abcdef0123456789abcdef", "secret_known"),
    ],
)
def test_a_secret_one_could_guess_refuses_to_start(tmp_path: Path, secret: str, code: str) -> None:
    file = tmp_path / "secret"
    file.write_text(secret)

    with pytest.raises(BadSetting) as refused:
        settings.secret(settings.read({"KEFU_SECRET_FILE": str(file)}))

    assert refused.value.code == code


def test_a_good_secret_is_read_without_its_line_end(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text(GOOD + "\n")

    assert settings.secret(settings.read({"KEFU_SECRET_FILE": str(file)})) == GOOD.encode()


def test_demo_mode_makes_its_own_secret_once_and_keeps_it_private(tmp_path: Path) -> None:
    demo = settings.read({"KEFU_DEMO": "1"}, data=str(tmp_path))

    first, second = settings.secret(demo), settings.secret(demo)

    assert first == second
    assert len(first) >= settings.LEAST_SECRET_BYTES
    assert stat.S_IMODE((tmp_path / "demo-secret").stat().st_mode) == 0o600


def test_a_fresh_secret_is_one_we_would_accept(tmp_path: Path) -> None:
    settings.write_secret(tmp_path / "secret")

    settings.check_secret((tmp_path / "secret").read_bytes().strip(), tmp_path / "secret")


def test_the_table_hides_the_password_in_a_database_url() -> None:
    found = settings.read({"KEFU_DATABASE_URL": "postgresql://kefu:s3cr3t@db/kefu"})

    shown = {row.variable: row.value for row in settings.table(found, {})}

    assert shown["KEFU_DATABASE_URL"] == "postgresql://kefu:***@db/kefu"


def test_a_process_of_our_own_reads_the_same_settings(tmp_path: Path) -> None:
    here = settings.read(
        {"KEFU_TRUSTED_HOSTS": "a.example, b.example", "KEFU_DEMO": "1", "KEFU_PORT": "9000"},
        data=str(tmp_path),
    )

    told = settings.environment(here, {"PATH": "/bin", "KEFU_PORT": "1", "KEFU_REQUIRE": "all"})

    assert (told["PATH"], told["KEFU_REQUIRE"]) == ("/bin", "all")
    assert settings.read(told) == here


@pytest.mark.parametrize(
    "value",
    ["crm", "=http://a", "CRM=http://a", "crm=ftp://a", "crm=http://", "crm=http://u:p@a/", "a=http://x#f",
     "crm=http://a, crm=http://b", "crm=http://a:x/"],
)  # fmt: skip
def test_a_webhook_is_a_name_and_an_address(value: str) -> None:
    with pytest.raises(BadSetting) as refused:
        settings.read({"KEFU_WEBHOOKS": value})

    assert refused.value.facts["name"] == "KEFU_WEBHOOKS"


def test_webhooks_are_found_by_name() -> None:
    here = settings.read({"KEFU_WEBHOOKS": "crm=https://crm.example/x?a=b, erp=http://10.0.0.5:81"})

    assert settings.webhooks(here) == {
        "crm": "https://crm.example/x?a=b",
        "erp": "http://10.0.0.5:81",
    }
