"""One module a forecasting method: fit a panel, simulate its futures."""
