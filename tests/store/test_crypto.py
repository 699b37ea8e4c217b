"""Field encryption: opens only in place, with a key at hand."""

from __future__ import annotations

import pytest

from kefu_admin.store.crypto import CannotOpen, vault

KEYS = vault(b"a" * 32)
AT = {"type_id": "customer", "field": "id_number", "record_id": 7}


def test_a_sealed_value_opens_in_its_own_row():
    sealed = KEYS.seal("110101199003074258", **AT)

    assert "110101" not in sealed
    assert KEYS.open(sealed, **AT) == "110101199003074258"


@pytest.mark.parametrize("other", [{"record_id": 8}, {"field": "phone"}, {"type_id": "contact"}])
def test_a_sealed_value_does_not_open_anywhere_else(other):
    sealed = KEYS.seal("secret", **AT)

    with pytest.raises(CannotOpen):
        KEYS.open(sealed, **(AT | other))


@pytest.mark.parametrize("broken", ["", "v1", "v2.a.b", "v1.00000000.AAAA", "plain text"])
def test_what_is_not_a_sealed_value_is_refused(broken):
    with pytest.raises(CannotOpen):
        KEYS.open(broken, **AT)


def test_an_altered_byte_is_noticed():
    sealed = KEYS.seal("secret", **AT)
    altered = sealed[:-6] + ("A" if sealed[-6] != "A" else "B") + sealed[-5:]

    with pytest.raises(CannotOpen):
        KEYS.open(altered, **AT)


def test_a_new_secret_still_opens_what_the_old_one_sealed():
    sealed = KEYS.seal("secret", **AT)

    assert vault(b"b" * 32, (b"a" * 32,)).open(sealed, **AT) == "secret"
    with pytest.raises(CannotOpen):
        vault(b"b" * 32).open(sealed, **AT)


def test_equal_values_have_equal_hashes_only_within_one_field():
    first = KEYS.look_up("13800005678", type_id="customer", field="phone")

    assert first == KEYS.look_up("13800005678", type_id="customer", field="phone")
    assert first != KEYS.look_up("13800005678", type_id="contact", field="phone")
    assert first != vault(b"b" * 32).look_up("13800005678", type_id="customer", field="phone")
