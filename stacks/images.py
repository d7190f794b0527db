"""Where the images of the sample app's services come from."""

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from constructs import Construct

from constructs_ecs import EcrRepository, Image, RegistryCredentials
from stacks.settings import Settings, Variant


class ImagesStack(cdk.Stack):
    """Credentials for a private registry, or repositories of the account's own."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings, key: kms.IKey) -> None:
        super().__init__(scope, construct_id, env=settings.env, description="Images of the ECS services")
        match settings.variant:
            case Variant.REGISTRY:
                credentials = RegistryCredentials(self, "RegistryCredentials", encryption_key=key)
                source = f"{settings.registry}/{{}}:{settings.image_tag}"
                self.web = Image.from_registry(source.format("web"), credentials=credentials)
                self.worker = Image.from_registry(source.format("worker"), credentials=credentials)
            case Variant.ISOLATED:
                self.web = Image.from_ecr(EcrRepository(self, "Web", encryption_key=key), tag=settings.image_tag)
                self.worker = Image.from_ecr(EcrRepository(self, "Worker", encryption_key=key), tag=settings.image_tag)
