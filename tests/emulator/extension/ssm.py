"""SSM: the public parameters that templates read."""

from ministack.services import ssm

_AMI = "/aws/service/ecs/optimized-ami/amazon-linux-2023/{}recommended/image_id"


def install() -> None:
    """Let the emulator know the ECS-optimized images."""
    ssm._PUBLIC_AMI_PARAMETERS[_AMI.format("")] = "ami-0c2023a1b2c3d4e5f"
    ssm._PUBLIC_AMI_PARAMETERS[_AMI.format("arm64/")] = "ami-0a2023a1b2c3d4e5f"
