"""Runs in parliament's environment: policies as JSON from standard input, what it finds of each to standard output."""

import json
import sys

from parliament import analyze_policy_string, enhance_finding

findings = [
    [enhance_finding(each) for each in analyze_policy_string(policy).findings] for policy in json.load(sys.stdin)
]
json.dump([[(each.issue, each.title, str(each.detail)) for each in found] for found in findings], sys.stdout)
