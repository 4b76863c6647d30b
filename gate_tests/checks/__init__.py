"""What checks are: rules, outcomes, the registry of types, the types themselves, those of installed packages."""
