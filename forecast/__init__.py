"""Forecasts of demand and cost on the specialised social area."""

__version__ = "0.1.0"
