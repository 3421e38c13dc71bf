"""What every command stands on."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lienthu.domain.network.models import AdministrativeUnit
from lienthu.domain.network.selectors import areas
from lienthu.faces.cli.ground import ship_units

pytestmark = pytest.mark.django_db


def test_reg_1_preparing_ships_the_units() -> None:
    ship_units()
    assert AdministrativeUnit.objects.filter(valid_to__isnull=True).count() == 55
    assert len(areas()) == 13
    with CaptureQueriesContext(connection) as asked:
        ship_units()
    assert len(asked) == 1
