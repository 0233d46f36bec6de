"""One module a kind of source; each turns what a publisher sends into long frames."""
