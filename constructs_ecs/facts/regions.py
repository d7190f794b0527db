"""What differs between partitions and Regions.

Sources: botocore's ``partitions.json``; Amazon ECR user guide, "Interface VPC endpoints", for the layer bucket.
"""

from typing import Final

_PARTITIONS: Final = {
    "cn-": ("aws-cn", "amazonaws.com.cn"),
    "us-gov-": ("aws-us-gov", "amazonaws.com"),
    "us-iso-": ("aws-iso", "c2s.ic.gov"),
    "us-isob-": ("aws-iso-b", "sc2s.sgov.gov"),
    "eu-isoe-": ("aws-iso-e", "cloud.adc-e.uk"),
    "us-isof-": ("aws-iso-f", "csp.hci.ic.gov"),
    "eusc-": ("aws-eusc", "amazonaws.eu"),
}
"""Beginning of a Region's name -> its partition and DNS suffix; everything else is the commercial partition."""

S3_PREFIX_LISTS: Final = {
    "ap-northeast-1": "pl-61a54008",
    "ap-northeast-2": "pl-78a54011",
    "ap-northeast-3": "pl-a4a540cd",
    "ap-south-1": "pl-78a54011",
    "ap-southeast-1": "pl-6fa54006",
    "ap-southeast-2": "pl-6ca54005",
    "ca-central-1": "pl-7da54014",
    "eu-central-1": "pl-6ea54007",
    "eu-north-1": "pl-c3aa4faa",
    "eu-west-1": "pl-6da54004",
    "eu-west-2": "pl-7ca54015",
    "eu-west-3": "pl-23ad484a",
    "sa-east-1": "pl-6aa54003",
    "us-east-1": "pl-63a5400a",
    "us-east-2": "pl-7ba54012",
    "us-west-1": "pl-6ba54002",
    "us-west-2": "pl-68a54001",
}
"""Region -> the prefix list of its S3 gateway endpoint, ``com.amazonaws.<region>.s3``.

AWS publishes no list: these are what ``aws ec2 describe-prefix-lists`` printed in the Region, found in two or more
public places that do not copy each other. A wrong one breaks a deployment, so a Region in doubt is left out. An id is
unique in its Region only.
"""


def partition(region: str) -> str:
    """Return the partition that a Region is in. For a token use the stack's partition."""
    return _partition(region)[0]


def dns_suffix(region: str) -> str:
    """Return the DNS suffix of a Region's partition. For a token use the stack's URL suffix."""
    return _partition(region)[1]


def ecr_layer_bucket(region: str) -> str:
    """Return the bucket that ECR hands out image layers from, with URLs that it signs itself."""
    return f"prod-{region}-starport-layer-bucket"


def _partition(region: str) -> tuple[str, str]:
    return next((value for key, value in _PARTITIONS.items() if region.startswith(key)), ("aws", "amazonaws.com"))
