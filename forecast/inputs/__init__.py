"""One module a way in which a model gets its panel from the stored vintages."""
