"""The sample app: one composition of the library per file, from settings that the context gives."""
