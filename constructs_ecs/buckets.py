"""Buckets that keep records: private, encrypted, over TLS alone, with versions and an end."""

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct


def record_bucket(
    scope: Construct,
    construct_id: str,
    *,
    retention_days: int,
    encryption_key: kms.IKey | None,
    removal_policy: cdk.RemovalPolicy,
) -> s3.Bucket:
    """Make a bucket for records of one kind.

    Args:
        scope: the parent construct.
        construct_id: the id of the bucket in its scope.
        retention_days: how long each version of an object is kept.
        encryption_key: encrypts the objects; without one, keys that S3 manages do.
        removal_policy: what becomes of the bucket with the stack.
    """
    kept_for = cdk.Duration.days(retention_days)
    bucket = s3.Bucket(
        scope,
        construct_id,
        encryption=s3.BucketEncryption.S3_MANAGED if encryption_key is None else s3.BucketEncryption.KMS,
        encryption_key=encryption_key,
        bucket_key_enabled=None if encryption_key is None else True,
        enforce_ssl=True,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        versioned=True,
        lifecycle_rules=[
            s3.LifecycleRule(
                expiration=kept_for,
                noncurrent_version_expiration=kept_for,
                abort_incomplete_multipart_upload_after=cdk.Duration.days(7),
            )
        ],
        removal_policy=removal_policy,
    )
    if bucket.policy is not None:
        # A bucket that outlives the stack goes on refusing what is not TLS.
        bucket.policy.apply_removal_policy(removal_policy)
    return bucket
