import re

from aws_cdk.region_info import RegionInfo

from constructs_ecs.facts.regions import S3_PREFIX_LISTS, dns_suffix, ecr_layer_bucket, partition


def test_each_region_that_the_cdk_knows_is_in_the_partition_that_the_cdk_says() -> None:
    regions = RegionInfo.regions
    assert {info.name: info.partition for info in regions} == {info.name: partition(info.name) for info in regions}


def test_each_partition_has_the_dns_suffix_that_the_cdk_says() -> None:
    regions = RegionInfo.regions
    assert {info.name: info.domain_suffix for info in regions} == {info.name: dns_suffix(info.name) for info in regions}


def test_image_layers_are_in_a_bucket_of_the_region() -> None:
    assert ecr_layer_bucket("eu-west-1") == "prod-eu-west-1-starport-layer-bucket"


def test_each_prefix_list_has_the_form_of_an_id() -> None:
    assert all(re.fullmatch(r"pl-[0-9a-f]{8}", prefix_list) for prefix_list in S3_PREFIX_LISTS.values())


def test_a_region_without_a_confirmed_prefix_list_has_none() -> None:
    assert not {"ap-east-1", "cn-north-1", "us-gov-west-1", "eusc-de-east-1"} & S3_PREFIX_LISTS.keys()
