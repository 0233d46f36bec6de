"""Accuracy and speed against peers; each script prints ratios measured in one run."""
