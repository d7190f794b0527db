import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms

from constructs_ecs.buckets import record_bucket
from tests.support import of_type, only, stack, template


@pytest.mark.parametrize("with_key", [False, True])
def test_a_bucket_of_records_is_private_encrypted_versioned_and_has_an_end(with_key: bool) -> None:
    scope = stack()
    key = kms.Key(scope, "Key") if with_key else None
    record_bucket(scope, "Records", retention_days=30, encryption_key=key, removal_policy=cdk.RemovalPolicy.RETAIN)
    bucket = only(template(scope), "AWS::S3::Bucket")
    (encryption,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert encryption["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == ("aws:kms" if with_key else "AES256")
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    (rule,) = bucket["LifecycleConfiguration"]["Rules"]
    assert (rule["ExpirationInDays"], rule["NoncurrentVersionExpiration"]) == (30, {"NoncurrentDays": 30})


def test_what_is_not_tls_is_refused_for_as_long_as_the_bucket_is_there() -> None:
    scope = stack()
    record_bucket(scope, "Records", retention_days=30, encryption_key=None, removal_policy=cdk.RemovalPolicy.RETAIN)
    (policy,) = of_type(template(scope), "AWS::S3::BucketPolicy").values()
    assert policy["DeletionPolicy"] == "Retain"
    (statement,) = policy["Properties"]["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
