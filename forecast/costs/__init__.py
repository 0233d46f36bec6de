"""Unit costs, prices, refunds and the growth bridge."""
