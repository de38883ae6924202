"""What a council's administrator, its auditor and the platform's operator see."""
