"""The data room: datasets, their checks, breaks and population; what comes in is dated and kept."""
