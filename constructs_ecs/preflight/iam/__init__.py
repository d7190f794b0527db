"""A small IAM evaluator over the values of templates: yes, no, or what the templates leave open."""
