"""The sample app's services: a web service behind a load balancer, on Fargate, and a worker on EC2 that calls it."""

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from constructs import Construct

from constructs_ecs import (
    AwsLogs,
    Container,
    Ec2Capacity,
    Ec2Service,
    EcsCluster,
    FargateService,
    HealthCheck,
    InternalLoadBalancer,
    TargetHealthCheck,
    TaskSize,
)
from stacks.images import ImagesStack
from stacks.settings import Settings


class ServicesStack(cdk.Stack):
    """Two services that can be reached by each other as told, opened with ECS Exec, and by nobody else."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        cluster: EcsCluster,
        capacity: Ec2Capacity,
        images: ImagesStack,
        load_balancer: InternalLoadBalancer,
        key: kms.IKey,
    ) -> None:
        super().__init__(scope, construct_id, env=settings.env, description="ECS services")
        logging = AwsLogs(encryption_key=key)
        self.web = FargateService(
            self,
            "Web",
            cluster=cluster,
            containers=[
                Container(
                    image=images.web,
                    port=8080,
                    health_check=HealthCheck(command="wget -q -O /dev/null http://localhost:8080/health"),
                )
            ],
            size=TaskSize(cpu=512, memory_mib=1024),
            desired_count=2,
            logging=logging,
        )
        self.worker = Ec2Service(
            self,
            "Worker",
            cluster=cluster,
            containers=[Container(image=images.worker, memory_mib=512)],
            capacity=capacity,
            logging=logging,
        )
        load_balancer.add_target(self.web, health_check=TargetHealthCheck(path="/health"))
        self.worker.allow_to(load_balancer)
        for service in (self.web, self.worker):
            service.output_exec_command()
