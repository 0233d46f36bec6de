"""Backtest, weights, calibration and reconciliation: from methods to trained models."""
