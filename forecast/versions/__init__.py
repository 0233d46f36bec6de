"""Versions: train, compare, promote, reproduce, explain and watch models."""
