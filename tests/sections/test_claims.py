"""Claims name the counts that they rest on, of whichever model, and not its drivers."""

from __future__ import annotations

from support.bundles import bundle

from forecast.reporting import suppression, wording
from forecast.reporting.document import Paragraph, Table
from forecast.reporting.view import Store, View
from forecast.sections import claims


def test_a_workspaces_own_model_names_what_it_counts_and_not_its_drivers() -> None:
    made = bundle()
    meta, counted = made.meta, made.meta["vintages"][0]
    mine = {**counted, "dataset": "my_counts", "id": "my_counts-1", "title": "Egne tal"}
    driver = {**counted, "dataset": "my_driver", "id": "my_driver-1", "title": "En driver"}
    meta["vintages"] += [mine, driver]
    meta["models"]["recipients_adults"] |= {
        "data": "my_counts", "vintages": [mine["id"], driver["id"]],
    }  # fmt: skip
    given = View(Store(made), "751", wording.load("da"), suppression.shield(made))
    section = claims.build(given)
    assert section is not None
    [table] = [b for b in section.blocks if isinstance(b, Table) and b.name == "claims"]
    assert {row.cells[-1] for row in table.rows} == {"Egne tal"}


def test_the_population_is_named_where_the_forecast_rests_on_it() -> None:
    made = bundle(cost=False)
    meta, some = made.meta, made.meta["vintages"][0]
    meta["vintages"] += [{**some, "dataset": "folk1a", "id": "folk1a-1"}]  # of the shares' people

    def said() -> str:
        given = View(Store(made), "751", wording.load("da"), suppression.shield(made))
        section = claims.build(given)
        assert section is not None
        intro = section.blocks[0]
        assert isinstance(intro, Paragraph)
        return intro.text

    assert "folketal" not in said().lower()
    assert "befolkningsfremskrivning" not in said().lower()
    assert "diagnosepraksis" not in said()
    meta["models"]["recipients_adults"] |= {"vintages": ["folk1a-1"]}
    assert said().endswith("Prognosen bygger desuden på befolkningstal: Folketal (FOLK1A).")
