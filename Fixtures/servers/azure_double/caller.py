"""What a request's credentials allow."""

from dataclasses import dataclass, field

from .errors import ServiceError


@dataclass(frozen=True)
class Caller:
    """`letters` are SAS permissions; None stands for the account key or a token, which may do everything."""

    letters: frozenset = None
    resource_types: frozenset = frozenset("sco")
    manages_containers: bool = True
    response_headers: dict = field(default_factory=dict)

    def require(self, any_of, resource_type):
        """ServiceError unless one of the letters `any_of` is granted on this type of resource (s, c or o)."""
        if self.letters is None:
            return
        if resource_type not in self.resource_types:
            raise ServiceError(
                "AuthorizationResourceTypeMismatch" if self.manages_containers else "AuthorizationFailure"
            )
        if not self.letters & set(any_of):
            raise ServiceError("AuthorizationPermissionMismatch")

    def require_container_management(self):
        """ServiceError for a service SAS, which never creates, deletes or inspects its container."""
        if not self.manages_containers:
            raise ServiceError("AuthorizationFailure")

    def check_overwrite(self, exists):
        """ServiceError if an object exists and only its creation is allowed."""
        if exists and self.letters is not None and "w" not in self.letters:
            raise ServiceError("UnauthorizedBlobOverwrite")


OWNER = Caller()
