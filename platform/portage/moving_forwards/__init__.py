"""Moving Forwards meetings: what comes after an assessment that ended without a plan (WNC-12)."""
