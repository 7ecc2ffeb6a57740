{% set roles = {"platform_administrator": "Διαχειριστής της πλατφόρμας", "institution_coordinator": "Συντονιστής Φορέα", "unit_coordinator": "Συντονιστής Οργανικής Μονάδας"} %}
