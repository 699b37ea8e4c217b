"""What is configured: frozen values read from YAML, without database, web or clock."""
