internal import SluiceCore

/// The document that Get Block List answers.
struct AzureBlockList {
    struct Block: Equatable {
        var name = ""
        /// Bytes; nil where it is not said.
        var size: Int?
    }

    /// The blocks that the blob is made of, in order.
    private(set) var committed: [Block] = []
    /// Blocks that were put and are in no list yet.
    private(set) var uncommitted: [Block] = []

    /// - Throws: `XMLError` when it is malformed or another document.
    init(_ body: [UInt8]) throws(XMLError) {
        var reader = XMLReader(body)
        guard try reader.root().name == "BlockList" else { throw XMLError("it is no list of blocks", at: 0) }
        while let list = try reader.child() {
            switch list.name {
            case "CommittedBlocks": committed += try AzureBlockList.blocks(&reader)
            case "UncommittedBlocks": uncommitted += try AzureBlockList.blocks(&reader)
            default: try reader.skip()
            }
        }
        try reader.end()
    }

    private static func blocks(_ reader: inout XMLReader) throws(XMLError) -> [Block] {
        var blocks: [Block] = []
        while try reader.child() != nil {
            var block = Block()
            while let field = try reader.child() {
                switch field.name {
                case "Name": block.name = try reader.text()
                case "Size": block.size = try reader.byteCount()
                default: try reader.skip()
                }
            }
            blocks.append(block)
        }
        return blocks
    }
}
