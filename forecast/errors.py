"""One hierarchy of errors: each is a sentence that a user can act on."""


class ForecastError(Exception):
    """What was found, what was expected and what to do; the CLI prints it and exits with 1."""


class SpecError(ForecastError):
    """A TOML under data/, models/ or reports/ does not say what it must."""


class DataError(ForecastError):
    """Data handed in cannot be used; the sentence names file, row and key."""


class SourceError(ForecastError):
    """A publisher did not answer, or not as its documentation says."""


class VintageError(ForecastError):
    """A stored snapshot is missing, damaged or not the one that was asked for."""


class UnpublishedError(VintageError):
    """Nothing of a dataset was out on the date whose knowledge is asked for."""


class MethodError(ForecastError):
    """A method cannot answer for a series, or was given options that it does not have."""


class RegistryError(ForecastError):
    """The store of model versions is missing, damaged, or refuses what was asked."""


class ProjectionError(ForecastError):
    """Demand or cost cannot be projected from what is there."""


class ReportError(ForecastError):
    """A report cannot be rendered from the bundle, or in the format that was asked for."""


def nearest(name: str, known: "list[str]") -> str:
    """Return the known name nearest to a mistyped one; "" where none is near."""
    import difflib

    return next(iter(difflib.get_close_matches(name, known, n=1, cutoff=0.6)), "")


def suggestion(name: str, known: "list[str]") -> str:
    """Return «; did you mean X?» for the known name nearest to a mistyped one, else nothing."""
    near = nearest(name, known)
    return f"; did you mean {near}?" if near else ""
