"""Makes the synthetic demonstration data in data/demo from its parameters and one seed."""
