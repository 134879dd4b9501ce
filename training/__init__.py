"""What is made on a developer's machine from examples; nothing here runs in a hub."""
