"""One module a report section: from a bundle to title, text, table and figure."""
