"""Children who start school without a plan or an assessment: seen first, then linked to support (WNC-07)."""
