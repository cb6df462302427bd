internal import SluiceCore
internal import SluiceEngine

/// One object in a list or a plan.
enum ListLine {
    /// Size in bytes, time and name; `-` for what is not known.
    static func text(_ item: SourceItem) -> String {
        let size = item.size.map(String.init) ?? "-"
        let time = item.modified?.rfc3339 ?? "-"
        let gap = String(repeating: " ", count: max(0, sizeWidth - size.count))
        let timeGap = String(repeating: " ", count: max(0, timeWidth - time.count))
        return gap + size + "  " + time + timeGap + "  " + item.name.printable + arrow(item) + "\n"
    }

    /// Where a symbolic link leads.
    private static func arrow(_ item: SourceItem) -> String { item.link.map { " -> \($0.printable)" } ?? "" }

    /// Digits of an object of nearly a petabyte.
    private static let sizeWidth = 15
    /// Of RFC 3339 with milliseconds.
    private static let timeWidth = 24

    static func json(_ item: SourceItem) -> String {
        line { json in
            json.field("name", item.name)
            json.field("size", item.size)
            json.field("modified", item.modified?.rfc3339)
            json.field("entityTag", item.entityTag)
            json.field("link", item.link)
        }
    }

    /// An entry that can't be copied.
    static func json(_ failure: any Failure, _ name: String) -> String {
        line { json in
            json.field("name", name)
            json.objectField("error") { json in
                json.field("code", failure.kind.rawValue)
                json.field("message", failure.description)
            }
        }
    }

    private static func line(_ body: (inout JSONWriter) -> Void) -> String {
        var json = JSONWriter()
        json.object(body)
        json.endLine()
        return String(decoding: json.bytes, as: UTF8.self)
    }

    /// An item of a plan: where it goes, its size, and in how many blocks.
    static func text(_ planned: CopyPreview.PlannedItem) -> String {
        var text = "\(planned.item.name.printable) → \(planned.sinkName.printable)"
        if planned.failure != nil { return text + ", can't be copied\n" }
        if planned.isUnchanged { return text + ", unchanged\n" }
        if let link = planned.item.link { return text + ", symbolic link to \(link.printable)\n" }
        text += ", " + (planned.item.size.map { "\(ByteCount($0))" } ?? "size unknown")
        switch planned.blocks {
        case 1?: text += ", 1 block"
        case let blocks?: text += ", \(blocks) blocks"
        case nil: text += ", blocks as they come"
        }
        return text + "\n"
    }
}
