"""The service's error codes: status, sentence and how they travel."""

import time
from xml.sax.saxutils import escape

_FAILED_AUTHENTICATION = "Server failed to authenticate the request. {}"
_SEE_CHALLENGE = _FAILED_AUTHENTICATION.format("Please refer to the information in the www-authenticate header.")
_CHECK_AUTHORIZATION = _FAILED_AUTHENTICATION.format(
    "Make sure the value of Authorization header is formed correctly including the signature."
)
_NOT_AUTHORIZED = "This request is not authorized to perform this operation{}."

# Code: (status, sentence), from the reference's tables of common and of Blob service error codes.
_CODES = {
    "AuthenticationFailed": (403, _CHECK_AUTHORIZATION),
    "AuthorizationFailure": (403, _NOT_AUTHORIZED.format("")),
    "AuthorizationPermissionMismatch": (403, _NOT_AUTHORIZED.format(" using this permission")),
    "AuthorizationProtocolMismatch": (403, _NOT_AUTHORIZED.format(" using this protocol")),
    "AuthorizationResourceTypeMismatch": (403, _NOT_AUTHORIZED.format(" using this resource type")),
    "AuthorizationServiceMismatch": (403, _NOT_AUTHORIZED.format(" using this service")),
    "AuthorizationSourceIPMismatch": (403, _NOT_AUTHORIZED.format(" using this source IP")),
    "BlobAlreadyExists": (409, "The specified blob already exists."),
    "BlobNotFound": (404, "The specified blob does not exist."),
    "BlockCountExceedsLimit": (409, "The uncommitted block count cannot exceed the maximum limit of 100,000 blocks."),
    "BlockListTooLong": (400, "The block list may not contain more than 50,000 blocks."),
    "BothCrc64AndMd5HeaderPresent": (400, "Both x-ms-content-crc64 header and Content-MD5 header are present."),
    "CannotVerifyCopySource": (404, "The specified copy source can't be read."),
    "ConditionHeadersNotSupported": (400, "Condition headers are not supported."),
    "ConditionNotMet": (412, "The condition specified using HTTP conditional header(s) is not met."),
    "ContainerAlreadyExists": (409, "The specified container already exists."),
    "ContainerNotFound": (404, "The specified container does not exist."),
    "Crc64Mismatch": (
        400,
        "The CRC64 value specified in the request did not match with the CRC64 value calculated by the server.",
    ),
    "EmptyMetadataKey": (400, "The key for one of the metadata key-value pairs is empty."),
    "InternalError": (500, "The server encountered an internal error. Please retry the request."),
    "InvalidAuthenticationInfo": (401, _SEE_CHALLENGE),
    "InvalidBlobOrBlock": (400, "The specified blob or block content is invalid."),
    "InvalidBlockList": (400, "The specified block list is invalid."),
    "InvalidHeaderValue": (400, "The value for one of the HTTP headers is not in the correct format."),
    "InvalidMd5": (
        400,
        "The MD5 value specified in the request is invalid. MD5 value must be 128 bits and base64 encoded.",
    ),
    "InvalidMetadata": (400, "The metadata specified is invalid. It has characters that are not permitted."),
    "InvalidQueryParameterValue": (
        400,
        "Value for one of the query parameters specified in the request URI is invalid.",
    ),
    "InvalidRange": (416, "The range specified is invalid for the current size of the resource."),
    "InvalidResourceName": (400, "The specified resource name contains invalid characters."),
    "InvalidUri": (400, "The requested URI does not represent any resource on the server."),
    "InvalidXmlDocument": (400, "XML specified is not syntactically valid."),
    "LeaseNotPresentWithBlobOperation": (412, "There is currently no lease on the blob."),
    "Md5Mismatch": (
        400,
        "The MD5 value specified in the request did not match with the MD5 value calculated by the server.",
    ),
    "MetadataTooLarge": (400, "The size of the specified metadata exceeds the maximum size permitted."),
    "MissingContentLengthHeader": (411, "The content length for the request was not specified."),
    "MissingRequiredHeader": (400, "An HTTP header that's mandatory for this request is not specified."),
    "NoAuthenticationInformation": (401, _SEE_CHALLENGE),
    "NotImplemented": (501, "The requested operation is not implemented by this double of the service."),
    "OutOfRangeQueryParameterValue": (
        400,
        "One of the query parameters specified in the request URI is outside the permissible range.",
    ),
    "RequestBodyTooLarge": (413, "The request body is too large and exceeds the maximum permissible limit."),
    "ResourceNotFound": (404, "The specified resource does not exist."),
    "ServerBusy": (503, "The server is busy."),
    "SourceConditionNotMet": (412, "The source condition specified using HTTP conditional header(s) is not met."),
    "UnauthorizedBlobOverwrite": (403, "This request is not authorized to perform blob overwrites."),
    "UnsupportedHeader": (400, "One of the HTTP headers specified in the request is not supported."),
    "UnsupportedHttpVerb": (405, "The resource doesn't support specified Http Verb."),
}


class ServiceError(Exception):
    """A request that the service refuses. `elements` become elements of the XML beside Code and Message."""

    def __init__(self, code, elements=None, headers=None, status=None):
        super().__init__(code)
        self.code = code
        self.status = status or _CODES[code][0]
        self.headers = headers or {}
        self._elements = elements or {}

    def document(self, request_id):
        """The XML body."""
        now = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime())
        message = f"{_CODES[self.code][1]}\nRequestId:{request_id}\nTime:{now}.0000000Z"
        inner = "".join(
            f"<{name}>{escape(str(value))}</{name}>"
            for name, value in {"Code": self.code, "Message": message, **self._elements}.items()
        )
        return f'<?xml version="1.0" encoding="utf-8"?><Error>{inner}</Error>'.encode()


def wrong_header(name, value):
    """InvalidHeaderValue that names the header."""
    return ServiceError("InvalidHeaderValue", {"HeaderName": name, "HeaderValue": value})


def missing_header(name):
    """MissingRequiredHeader that names the header."""
    return ServiceError("MissingRequiredHeader", {"HeaderName": name})


def wrong_parameter(name, value, reason):
    """InvalidQueryParameterValue that names the parameter and says why."""
    return ServiceError(
        "InvalidQueryParameterValue",
        {"QueryParameterName": name, "QueryParameterValue": value, "Reason": reason},
    )
