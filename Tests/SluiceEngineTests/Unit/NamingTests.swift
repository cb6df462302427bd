import SluiceCodecs
import SluiceCore
import Testing

@testable import SluiceEngine

/// A target, the item, and the name that comes of them.
struct Named: CustomTestStringConvertible, Sendable {
    let target: String
    let isFolder: Bool
    let isSingle: Bool
    let suffix: String
    let item: String
    let name: String
    var testDescription: String { "\(item) to \(target)\(isFolder ? " (folder)" : "")\(suffix)" }

    static func tree(_ target: String, folder: Bool, _ item: String, _ name: String, suffix: String = "") -> Named {
        Named(target: target, isFolder: folder, isSingle: false, suffix: suffix, item: item, name: name)
    }

    static func single(_ target: String, folder: Bool, _ item: String, _ name: String, suffix: String = "") -> Named {
        Named(target: target, isFolder: folder, isSingle: true, suffix: suffix, item: item, name: name)
    }
}

@Suite struct SinkNamingTests {
    @Test(
        "an object's name is made of the target's, its own and the codec's",
        arguments: [
            Named.tree("", folder: true, "a/b", "a/b"), .tree("k", folder: false, "a/b", "k/a/b"), .tree("k", folder: true, "a", "k/a"),
            .tree("k/", folder: true, "a", "k/a"), .tree("k//", folder: true, "a", "k//a"), .tree("", folder: true, "a", "a.gz", suffix: ".gz"),
            .tree("", folder: true, "a.gz", "a.gz.gz", suffix: ".gz"), .single("x", folder: false, "a", "x"),
            .single("x/y", folder: false, "a", "x/y"), .single("x", folder: true, "a", "x/a"), .single("x/", folder: true, "a", "x/a"),
            .single("", folder: true, "a", "a"), .single("x", folder: false, "a", "x.gz", suffix: ".gz"),
            .single("x.gz", folder: false, "a", "x.gz", suffix: ".gz"), .single("x/", folder: true, "a.gz", "x/a.gz.gz", suffix: ".gz"),
            .single("x", folder: true, " é+%?#\n", "x/ é+%?#\n.zst", suffix: ".zst"),
        ]
    )
    func names(named: Named) {
        let naming = SinkNaming(target: named.target, isFolder: named.isFolder, isSingle: named.isSingle, suffix: named.suffix)
        #expect(naming.name(for: SourceItem(name: named.item, size: 0)) == named.name)
    }
}

@Suite struct MemorySharesTests {
    @Test("all memory is for chunks, unless compressed frames are gathered in parts", arguments: [1, 64, 256, 1024])
    func shares(mebibytes: Int) throws {
        var specification = CopySpecification(source: .standardStream, sink: .standardStream)
        specification.memory = .mebibytes(mebibytes)
        for placement in [BlockPlacement.numbered, .positioned, .sequential] {
            let shares = MemoryShares(specification, SinkTraits(placement: placement, isRemote: true))
            #expect(shares.chunks == specification.memory)
        }
        specification.codec = try codec(named: "gzip")
        let gathered = MemoryShares(specification, SinkTraits(placement: .numbered, isRemote: true))
        #expect(gathered.chunks.rawValue + gathered.parts.rawValue == specification.memory.rawValue)
        #expect(gathered.parts > gathered.chunks)
        for placement in [BlockPlacement.positioned, .sequential] {
            #expect(MemoryShares(specification, SinkTraits(placement: placement, isRemote: true)).chunks == specification.memory)
        }
    }
}
