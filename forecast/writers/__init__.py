"""One module a format that a report is written in."""
