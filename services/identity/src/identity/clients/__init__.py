"""The outside world: TaxisNet and the employment register."""
