"""What AWS requires, as frozen data and pure functions. Nothing here imports the CDK; every table names its source."""
