from __future__ import annotations

import re

import pytest

from forecast import services


@pytest.mark.parametrize("language", ["da", "en"])
def test_a_service_is_named_by_what_it_is_and_its_paragraph_is_said_once(language: str) -> None:
    for code, service in services.table().items():
        name = service.title_da if language == "da" else service.title_en
        assert "§" not in name, code
        assert len(re.findall("§+", service.title(language))) <= service.paragraph.count(", ") + 1
