"""One module a command group: it parses, calls and prints, nothing else."""
