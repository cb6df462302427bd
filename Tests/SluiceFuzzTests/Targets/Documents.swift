import SluiceCore

@testable import SluiceStores

extension FuzzTarget {
    /// What services answer as XML and JSON.
    static let documents = [xml, escaped, s3List, azureList, s3Error, azureError, s3Document, json]

    private static let pieces = [
        "<a>", "</a>", "<a/>", "<a b='c'>", " b='c'", "<![CDATA[", "]]>", "<!--", "-->", "<?", "?>", "<!DOCTYPE a [",
        "&amp;", "&#65;",
        "&#x41;", "&#x10FFFF;", "&#0;", "&lt;", "&", ";", "<", ">", "'", "\"", "=", "xmlns:x='y'", "x:", "/",
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>",
    ]

    private static let xml = FuzzTarget(
        "xml",
        samples: [
            "<r><a>one</a><b x='1' y=\"&lt;\">two</b><c/></r>",
            "<n:r xmlns:n='u'><n:a>a<![CDATA[<b>&amp;]]>c</n:a><!-- c --></n:r>",
            "\u{FEFF}<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<r><a>&#65;&#x1F600;l1\r\nl2\rl3</a><a><b><c><d>deep</d></c></b></a></r>\n",
        ],
        words: pieces
    ) { bytes in
        var reader = XMLReader(bytes)
        var depth = 1
        do {
            var tag = try reader.root()
            while depth > 0 {
                try require(
                    tag.name.utf8.count + tag.attributes.count <= bytes.count,
                    "a tag is longer than its document"
                )
                try require(depth <= XMLLimits().depth, "\(depth) elements are open at a time")
                if let child = try reader.child() {
                    tag = child
                    depth += 1
                } else {
                    depth -= 1
                }
            }
            try reader.end()
        } catch let error as XMLError {
            try require(error.offset <= bytes.count, "the error is behind the end: \(error)")
            try require(error.description.utf8.count < 2000, "an error of \(error.description.utf8.count) bytes")
        }
    }

    /// What we write is what is read.
    private static let escaped = FuzzTarget(text: "xml-text", samples: ["a<b>&\"'\r\n\t", "日本/語"], words: pieces) {
        text in
        guard !text.utf8.contains(0), text.utf8.count <= XMLLimits().attribute else { return }
        var reader = XMLReader(Array("<r k='\(XMLText.escape(text))'>\(XMLText.escape(text))</r>".utf8))
        let tag = try reader.root()
        let read = try reader.text()
        try require(read == text && read.utf8.elementsEqual(text.utf8), "the text became \(read)")
        try require(tag.attributes["k"] == text, "the value became \(tag.attributes["k"] ?? "nothing")")
    }

    private static func requireSound(_ listed: ListScope.Listed, _ count: Int) throws(Violation) {
        try require(listed.items.count <= count / 8, "more objects than fit")
        for item in listed.items {
            try require(!item.name.isEmpty, "an object without a name")
            try require(item.size.map { $0 >= 0 } ?? true, "a size of \(item.size ?? 0)")
            try require(item.entityTag.map { !$0.isEmpty } ?? true, "an empty entity tag")
        }
        try require(listed.next?.isEmpty != true, "an empty marker would begin anew")
        for key in ["", "dir", "dir/"] {
            let page = ListScope(key: key).page(listed)
            try require(
                page?.items.allSatisfy { !$0.name.isEmpty } ?? true,
                "an object without a name below \"\(key)\""
            )
        }
    }

    private static let s3List = FuzzTarget(
        "s3-list",
        samples: [
            """
            <?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name>\
            <Prefix>dir%2F</Prefix><EncodingType>url</EncodingType><KeyCount>2</KeyCount><IsTruncated>true</IsTruncated>\
            <NextContinuationToken>1ueGcx==</NextContinuationToken><Contents><Key>dir%2Fa+b%2Bc</Key><LastModified>\
            2026-11-21T05:19:51.000Z</LastModified><ETag>&quot;0cc175b9&quot;</ETag><Size>1048577</Size><StorageClass>STANDARD\
            </StorageClass></Contents><Contents><Key>dir%2F</Key><Size>0</Size></Contents></ListBucketResult>
            """,
            "<ListBucketResult><Prefix/><IsTruncated>false</IsTruncated><Contents><Key>k</Key><ETag>t</ETag></Contents></ListBucketResult>",
        ],
        words: pieces + [
            "<Contents>", "</Contents>", "<Key>", "<Size>-5</Size>", "true", "%2", "+", "<Size>",
            "<Prefix>dir</Prefix>",
        ]
    ) { bytes in
        guard let list = try? S3List(bytes) else { return }
        try requireSound(list.listed, bytes.count)
    }

    private static let azureList = FuzzTarget(
        "azure-list",
        samples: [
            """
            \u{FEFF}<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="https://a.blob.core.windows.net/" \
            ContainerName="c"><Prefix>dir/</Prefix><Blobs><Blob><Name Encoded="true">dir%2Fa%EF%BF%BE</Name><Properties><Last-Modified>\
            Sat, 21 Nov 2026 05:19:51 GMT</Last-Modified><Etag>0x8D</Etag><Content-Length>7</Content-Length><ResourceType>file\
            </ResourceType></Properties><Metadata><hdi_isfolder>true</hdi_isfolder></Metadata></Blob><BlobPrefix><Name>x/</Name>\
            </BlobPrefix><Blob><Name>dir/b</Name><Properties><Content-Length>0</Content-Length></Properties></Blob></Blobs><NextMarker>\
            2!76!MDAwMDEw</NextMarker></EnumerationResults>
            """
        ],
        words: pieces + [
            "<Blob>", "</Blob>", "<Name>", " Encoded='true'", "<Content-Length>-5</Content-Length>", "<Etag/>",
        ]
    ) { bytes in
        guard let list = try? AzureList(bytes) else { return }
        try requireSound(list.listed, bytes.count)
    }

    /// A sentence on one line, of a length that a log bears, whatever the service says.
    private static func requireSentence(_ error: StoreError) throws(Violation) {
        try require(error.description.utf8.count < 4000, "a sentence of \(error.description.utf8.count) bytes")
        try require(
            !error.description.utf8.contains { $0 < 32 || $0 == 127 },
            "control characters in \(error.description)"
        )
        try require(error.retryAfter.map { $0 >= .zero } ?? true, "a wait of \(error.retryAfter ?? .zero)")
    }

    private static let statuses = [200, 301, 307, 400, 403, 404, 409, 412, 429, 500, 501, 503]

    private static let s3Error = FuzzTarget(
        "s3-error",
        samples: [
            """
            <?xml version="1.0" encoding="UTF-8"?><Error><Code>RequestTimeTooSkewed</Code><Message>The difference is too large.</Message>\
            <Region>eu-west-1</Region><Endpoint>b.s3.eu-west-1.amazonaws.com</Endpoint><Header>x-amz-checksum-crc64nvme</Header>\
            <ServerTime>2026-11-21T05:19:51Z</ServerTime><RequestId>4442587FB7D0A2F9</RequestId></Error>
            """,
            "<Error><Code>PermanentRedirect</Code><Region>x</Region></Error>", "<html><body>sign in</body></html>",
        ],
        words: pieces + [
            "<Code>", "</Code>", "<Region>", "<ServerTime>", "sig=", "AccessDenied", "InvalidArgument", "\u{1B}[2J",
        ]
    ) { bytes in
        let now = Timestamp(seconds: 1_795_238_391)
        for status in statuses {
            let answer = HTTPResponse(
                status: status,
                headers: [.init("location", String(decoding: bytes, as: UTF8.self))],
                body: bytes
            )
            let fault = S3Fault(answer)
            _ = (fault.isClockSkew(now: now, offset: 0), fault.refusesChecksum(hasCondition: true))
            // It becomes part of a host's name and of a header.
            let region = fault.regionToUse ?? "x"
            try require((1...64).contains(region.utf8.count), "a region of \(region.utf8.count) bytes")
            try require(
                region.utf8.allSatisfy { $0 == 45 || 48...57 ~= $0 || 97...122 ~= $0 || 65...90 ~= $0 },
                "the region \(region)"
            )
            try requireSentence(
                S3Failure.error(fault, what: "listing", host: "host", isAnonymous: false, retryAfter: nil)
            )
        }
    }

    private static let azureError = FuzzTarget(
        "azure-error",
        samples: [
            """
            \u{FEFF}<?xml version="1.0" encoding="utf-8"?><Error><Code>AuthenticationFailed</Code><Message>Server failed to authenticate.
            RequestId:1f Time:2026</Message><AuthenticationErrorDetail>Request date header too old: 'x'</AuthenticationErrorDetail></Error>
            """
        ],
        words: pieces + ["<Code>", "</Code>", "<Message>", "sig=", "\u{1B}[2J"]
    ) { bytes in
        for status in statuses {
            let code =
                status == 404 ? [HTTPRequest.Header("x-ms-error-code", String(decoding: bytes, as: UTF8.self))] : []
            let fault = AzureFault(HTTPResponse(status: status, headers: code, body: bytes))
            _ = fault.isClockSkew(now: Timestamp(seconds: 1_795_238_391), offset: 0)
            try requireSentence(
                AzureFailure.error(fault, what: "listing", host: "host", credentialAdvice: "Check it", retryAfter: nil)
            )
        }
    }

    private static let s3Document = FuzzTarget(
        "s3-document",
        samples: [
            "<InitiateMultipartUploadResult><Bucket>b</Bucket><Key>k</Key><UploadId>VXBsb2Fk</UploadId></InitiateMultipartUploadResult>"
        ],
        words: pieces + ["<UploadId>", "</UploadId>"]
    ) { bytes in
        let document = try? S3Document(bytes, root: "InitiateMultipartUploadResult", holding: ["UploadId"])
        try require(document?["Key"] == nil, "an element that was not asked for")
    }

    private static let json = FuzzTarget(
        "json",
        samples: [
            #"{"token_type":"Bearer","expires_in":3599,"access_token":"eyJ0eXAi\u00e9\ud83d\ude00\n","ext":{"a":[1,-2.5e3,true,null]}}"#,
            #"{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret","error_codes":[7000215]}"#,
            #"{"name":"dir/file","size":5,"outcome":"failed"}"#,
        ],
        words: [
            "{", "}", "[", "]", ":", ",", "\"", "\\", "\\u", "\\ud83d", "\\u0000", "true", "null", "{\"a\":", "[[",
            "\\u+041", "1e999",
        ]
    ) { bytes in
        let fields = JSONFields(bytes)
        try require((fields?["access_token"]?.utf8.count ?? 0) <= 3 * bytes.count, "a value longer than the text")
        // What is written as a string is read as it was.
        let text = String(decoding: bytes, as: UTF8.self)
        var quoted = "{\"k\":\""
        for unit in text.utf16 {
            let digits = String(unit, radix: 16)
            quoted += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
        }
        let read = JSONFields(Array((quoted + "\"}").utf8))?["k"]
        try require(read.map { $0.utf8.elementsEqual(text.utf8) } ?? false, "the string became \(read ?? "nothing")")
    }
}
