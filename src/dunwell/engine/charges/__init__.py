"""Late interest, compensation and fees: rules by country and date, exact sums, one rounding."""
