import SluiceCore
import SluiceTestSupport
import Testing

@testable import SluiceCodecs

/// What every codec keeps to, at every level.
@Suite struct CodecContractTests {
    @Test("a chunk comes back as it was, from an output of exactly the bound", arguments: Subject.all, Sample.allCases)
    func roundTrip(subject: Subject, sample: Sample) throws {
        let encoder = try subject.codec.makeEncoder()
        for length in Sample.lengths {
            let chunk = sample.bytes(length)
            let frame = try subject.encode(chunk, by: encoder)
            #expect(try subject.decode(frame) == chunk, "\(length) bytes")
        }
    }

    @Test("frames one after another are one stream", arguments: Subject.all)
    func concatenation(subject: Subject) throws {
        let encoder = try subject.codec.makeEncoder()
        let chunks = [Sample.text.bytes(70_000), [], Sample.noise.bytes(1), Sample.zeros.bytes(65_537), []]
        let stream = try chunks.flatMap { try subject.encode($0, by: encoder) }
        #expect(try subject.decode(stream) == chunks.flatMap { $0 })
    }

    @Test("a frame depends on its chunk alone, not on those before", arguments: Subject.all)
    func independence(subject: Subject) throws {
        let encoder = try subject.codec.makeEncoder()
        let chunk = Sample.text.bytes(300_000)
        for other in [Sample.noise.bytes(100_000), [], Sample.zeros.bytes(100_000), chunk] {
            _ = try subject.encode(other, by: encoder)
            #expect(try subject.encode(chunk, by: encoder) == subject.encode(chunk))
        }
    }

    @Test("noise grows by the format's framing and no more", arguments: Subject.all)
    func framing(subject: Subject) throws {
        let encoder = try subject.codec.makeEncoder()
        for length in Sample.lengths {
            let frame = try subject.encode(Sample.noise.bytes(length), by: encoder)
            #expect(frame.count - length <= framing(of: length, subject), "\(length) bytes")
            #expect(frame.count <= subject.codec.bound(for: length))
        }
    }

    /// The stated framing of `length` stored bytes.
    private func framing(of length: Int, _ subject: Subject) -> Int {
        func blocks(_ size: Int) -> Int { max(1, (length + size - 1) / size) }
        return switch subject.format {
        case .gzip: 18 + 5 * blocks(65_535)
        case .zstd: 18 + 3 * blocks(128 << 10)
        case .lz4: 27 + 4 * blocks(subject.level < 3 ? 64 << 10 : 4 << 20)
        }
    }

    @Test("text shrinks by a third and more", arguments: Subject.all)
    func gain(subject: Subject) throws {
        let frame = try subject.encode(Sample.text.bytes(1 << 20))
        let isStored = subject.format == .gzip && subject.level == 0
        #expect(isStored || frame.count < (1 << 20) * 2 / 3)
    }

    @Test(
        "names and suffixes are those that people know",
        arguments: [("gzip", ".gz"), ("zstd", ".zst"), ("lz4", ".lz4")]
    )
    func names(name: String, suffix: String) throws {
        let codec = try #require(try codec(named: name))
        #expect(codec.name == name)
        #expect(codec.suffix == suffix)
        #expect(CodecFormat(suffixOf: "Orders.CSV" + suffix.uppercased())?.rawValue == name)
    }
}
