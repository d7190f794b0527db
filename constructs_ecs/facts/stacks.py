"""What CloudFormation takes of one template, and so of one stack; a nested stack has a template of its own.

Source: CloudFormation user guide, "Understand CloudFormation quotas". None of them can be raised.
"""

from typing import Final

MAX_RESOURCES: Final = 500
"""How many resources a template declares, those whose condition is false too."""
MAX_TEMPLATE_BYTES: Final = 1_000_000
"""How large a template is that CloudFormation reads from S3, where the CDK puts it: 1 MB, indentation included."""
