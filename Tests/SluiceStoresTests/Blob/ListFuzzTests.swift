import SluiceCore
import SluiceStores
import SluiceTestSupport
import Testing

/// Lists are the largest answers that are read, and come from whatever the endpoint is.
@Suite struct ListFuzzTests {
    private static let s3 =
        "<ListBucketResult><Prefix></Prefix><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>"
        + "<NextContinuationToken>t</NextContinuationToken><Contents><Key>a%20b</Key><LastModified>2013-05-24T01:02:03.000Z"
        + "</LastModified><ETag>&quot;t&quot;</ETag><Size>12</Size></Contents></ListBucketResult>"
    private static let azure =
        "<EnumerationResults><Blobs><Blob><Name Encoded=\"true\">a%01</Name><Properties><Last-Modified>"
        + "Fri, 24 May 2013 01:02:03 GMT</Last-Modified><Etag>0x8D</Etag><Content-Length>12</Content-Length></Properties>"
        + "<Metadata><m>1</m></Metadata></Blob></Blobs><NextMarker>n</NextMarker></EnumerationResults>"

    @Test(arguments: 0..<32 as Range<UInt64>)
    func `a mutated list is read or refused, and never crashes`(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let sources: [(any BlobReadDialect, String)] = [
            (try S3Fixture.source(), Self.s3), (try AzureFixture.source(), Self.azure),
        ]
        for (source, text) in sources {
            for _ in 0..<100 {
                let answer = HTTPResponse(status: 200, body: mutated(Array(text.utf8), &random))
                do {
                    let page = try source.listPage(answer, now: S3Fixture.now)
                    #expect(page.items.allSatisfy { ($0.size ?? 0) >= 0 && !$0.name.isEmpty })
                } catch let error as StoreError {
                    #expect(error.kind == .unexpectedAnswer)
                }
            }
        }
    }

    private func mutated(_ model: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = model
        for _ in 0...Int.random(in: 0...3, using: &random) {
            let index = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.remove(at: index)
            case 2: bytes.insert(contentsOf: "-9%&;<>".utf8.shuffled(using: &random).prefix(2), at: index)
            default: bytes.insert(contentsOf: repeatElement(UInt8(ascii: "9"), count: 20), at: index)
            }
        }
        return bytes
    }
}
