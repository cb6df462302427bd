import SluiceCore
import SluiceTestSupport
import Testing

@testable import SluiceCodecs

@Suite struct ChunkDecoderTests {
    @Test(
        "pieces of any size give the same content",
        arguments: Subject.defaults,
        [(1, 1), (1, 4096), (7, 13), (4096, 1)]
    )
    func pieces(subject: Subject, sizes: (Int, Int)) throws {
        let chunks = [Sample.text.bytes(9000), Sample.noise.bytes(3000), [], Sample.zeros.bytes(9000)]
        let stream = try chunks.flatMap { try subject.encode($0) }
        #expect(try subject.decode(stream, inputPiece: sizes.0, outputPiece: sizes.1) == chunks.flatMap { $0 })
    }

    @Test("data that end within a frame are told as truncated", arguments: Subject.defaults)
    func truncation(subject: Subject) throws {
        let first = try subject.encode(Sample.text.bytes(500))
        let stream = try first + subject.encode(Sample.text.bytes(2000))
        for length in 0..<stream.count where length != first.count {
            let problem = #expect(throws: CodecError.self) { try subject.decode(Array(stream.prefix(length))) }
            #expect(problem?.kind == .integrity, "the first \(length) bytes")
        }
    }

    @Test("a flipped bit never gives other content", arguments: Subject.defaults)
    func damage(subject: Subject) throws {
        let chunk = Sample.text.bytes(1500) + Sample.noise.bytes(200)
        let frame = try subject.encode(chunk)
        var undetected = 0
        for bit in 0..<frame.count * 8 {
            var damaged = frame
            damaged[bit / 8] ^= 1 << (bit % 8)
            do throws(any Error) {
                #expect(try subject.decode(damaged) == chunk, "bit \(bit)")
                undetected += 1
            } catch {
                let problem = try #require(error as? CodecError)
                #expect(problem.kind == .integrity || problem.kind == .tooLarge, "bit \(bit): \(problem)")
            }
        }
        // What changes no content: gzip's time, flags and system, which no checksum covers, padding, and codes
        // that nothing uses.
        #expect(undetected < 80, "of \(frame.count * 8) bits")
    }

    @Test("bytes behind the last frame are told as damage", arguments: Subject.defaults)
    func trailing(subject: Subject) throws {
        let stream = try subject.encode(Sample.text.bytes(100)) + Array("no frame of any format".utf8)
        let problem = #expect(throws: CodecError.self) { try subject.decode(stream) }
        #expect(problem?.kind == .integrity)
        #expect(problem?.what.contains("\(subject.format) data are damaged near byte") == true)
    }

    @Test("zstd data with a huge window are refused, not given the memory")
    func hugeWindow() throws {
        // RFC 8878, 3.1.1.1: magic, a descriptor without single segment, and a window descriptor with exponent 21,
        // which is 2^31 bytes.
        let header: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 21 << 3, 0x01, 0x00, 0x00]
        let subject = try #require(Subject.defaults.first { $0.format == .zstd })
        let problem = #expect(throws: CodecError.self) { try subject.decode(header) }
        #expect(problem?.kind == .tooLarge)
    }
}
