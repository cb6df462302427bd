internal import SluiceCore
internal import SluiceDigests

extension S3Dialect {
    /// Source: Amazon S3 API Reference, "CompleteMultipartUpload".
    ///
    /// Digests go along only where the service has shown that it understands them; that of the whole object, too, where
    /// those of the parts make one: then S3 refuses to put together anything else.
    func commitRequest(
        _ upload: Upload,
        _ session: S3Upload,
        _ receipts: [BlockReceipt],
        _ now: Timestamp
    ) throws -> HTTPRequest {
        let algorithm = service.confirmsChecksums && service.takesChecksums ? session.checksum : nil
        var headers = [HTTPRequest.Header("content-type", "application/xml")]
        appendCondition(upload.condition, to: &headers)
        if let algorithm, let whole = S3Dialect.wholeChecksum(receipts, algorithm) {
            headers.append(.init(algorithm.s3Header, whole.base64))
            headers.append(.init("x-amz-checksum-type", "FULL_OBJECT"))
        }
        return try service.request(
            .post,
            key: upload.name,
            query: "uploadId=\(PercentEncoding.encode(session.id))",
            headers: headers,
            body: .bytes(S3Dialect.commitDocument(receipts, algorithm)),
            now: now
        )
    }

    private static func commitDocument(_ receipts: [BlockReceipt], _ algorithm: ChecksumAlgorithm?) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(100 + receipts.count * 160)
        text.append(text: "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">")
        for receipt in receipts {
            text.append(text: "<Part>")
            if let element = algorithm?.s3Element, let checksum = receipt.checksum, checksum.algorithm == algorithm {
                text.append(text: "<\(element)>\(checksum.base64)</\(element)>")
            }
            text.append(text: "<ETag>\(XMLText.escape(receipt.tag))</ETag>")
            text.append(text: "<PartNumber>\(receipt.ordinal + 1)</PartNumber></Part>")
        }
        text.append(text: "</CompleteMultipartUpload>")
        return text
    }

    /// The digest of the parts one after another; nil unless each has one and they can be combined.
    static func wholeChecksum(_ receipts: [BlockReceipt], _ algorithm: ChecksumAlgorithm) -> Checksum? {
        guard algorithm.isCombinable, let first = receipts.first?.checksum, first.algorithm == algorithm else {
            return nil
        }
        var whole = first
        for receipt in receipts.dropFirst() {
            guard let next = receipt.checksum,
                let combined = Checksum.combine(whole, next, secondLength: receipt.length)
            else { return nil }
            whole = combined
        }
        return whole
    }
}
