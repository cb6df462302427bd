internal import SluiceCore

/// A row of `items`.
struct ItemRow {
    static let columns = "id, state, name, size, modified, tag, sink_name, written, digest, session, note"

    let identifier: ItemIdentifier
    let state: StoredState
    let name: ItemName
    let version: SourceVersion
    let sinkName: ItemName?
    let written: Int
    let digest: Checksum?
    let session: [UInt8]
    let note: String

    /// Reads `columns`. A state that this version doesn't know counts as a failure: it is tried again.
    init(_ row: RowStatement) {
        identifier = ItemIdentifier(number: row.integer(0))
        state = StoredState(rawValue: Int(row.integer(1))) ?? .failed
        name = ItemName(bytes: row.bytes(2))
        version = SourceVersion(
            size: row.optionalInt(3),
            modified: row.optionalInt(4).map { Timestamp(nanoseconds: Int64($0)) },
            entityTag: row.tag(5)
        )
        sinkName = row.optionalBytes(6).map { ItemName(bytes: $0) }
        written = row.optionalInt(7) ?? version.size ?? 0
        digest = row.optionalBytes(8).flatMap { StoredChecksum.checksum($0) }
        session = row.bytes(9)
        note = row.text(10)
    }

    var begun: BegunItem {
        BegunItem(name: name, version: version, sinkName: sinkName, session: session, plan: note)
    }

    var ended: EndedItem {
        let outcome: EndedItem.Outcome =
            switch state {
            case .done: .done
            case .skipped: .skipped(note)
            case .failed, .begun: .failed(note)
            }
        return EndedItem(
            name: name,
            version: version,
            sinkName: sinkName,
            outcome: outcome,
            bytesWritten: written,
            digest: digest
        )
    }
}
