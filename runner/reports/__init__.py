"""Reports of `orch ci` in the formats that CI systems read: GitHub, GitLab, JUnit, CTRF, JSON, Markdown, text."""
