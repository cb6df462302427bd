internal import SluiceCore
internal import SluiceEngine
internal import SluiceJobs

/// The log of a copy activity as ADF keeps it: a line of text for each file that is read, written or skipped, and for each
/// row that is skipped.
final class CopyLog: CopyObserver {
    private let log: StoreLog
    private let tellsAll: Bool
    private let ends: Ends

    /// Which of a copy's ends are files.
    struct Ends: Sendable, Hashable {
        var readsFiles = true
        var writesFiles = true
    }

    /// - Parameter tellsAll: whether files that are copied are told, too.
    init(_ log: StoreLog, tellsAll: Bool, _ ends: Ends) {
        self.log = log
        self.tellsAll = tellsAll
        self.ends = ends
    }

    static let head = "Timestamp,Level,OperationName,OperationItem,Message"

    func ended(_ record: ItemRecord) {
        log.add(CopyLog.lines(record, tellsAll: tellsAll, ends, .now), waits: true)
    }

    func skipped(_ row: SkippedRow) { log.add(CopyLog.line(row, .now), waits: false) }

    // MARK: Lines

    /// What is told of an item.
    static func lines(_ record: ItemRecord, tellsAll: Bool, _ ends: Ends, _ now: Timestamp) -> [UInt8] {
        func line(_ level: String, _ operation: String, _ item: String, _ message: String) -> [UInt8] {
            self.line(now, level, operation, Array(item.utf8), message)
        }
        switch record.outcome {
        case .skipped(let failure):
            return line("Warning", "FileSkip", record.name, "File is skipped: \(failure.description)")
        case .failed(let failure) where failure.kind == .cancelled: return []
        case .failed(let failure):
            let operation = ends.writesFiles ? "FileWrite" : "FileRead"
            guard ends.readsFiles || ends.writesFiles else { return [] }
            return line("Warning", operation, record.name, "File is not copied: \(failure.description)")
        case .unchanged: return []
        case .resumed:
            guard tellsAll, ends.writesFiles else { return [] }
            return line("Info", "FileWrite", record.sinkName, "File was written by an earlier attempt")
        case .copied:
            guard tellsAll else { return [] }
            let read =
                ends.readsFiles ? line("Info", "FileRead", record.name, "File is read: \(words(ofSource: record))") : []
            let written =
                ends.writesFiles
                ? line("Info", "FileWrite", record.sinkName, "File is written: \(words(ofSink: record))") : []
            return read + written
        }
    }

    private static func words(ofSource record: ItemRecord) -> String {
        var words = ["\(record.bytesRead + record.bytesResumed) bytes"]
        if let rows = record.rows { words.append("\(rows.read) rows") }
        if let time = record.modified { words.append("changed at \(time.rfc3339)") }
        return words.joined(separator: ", ")
    }

    private static func words(ofSink record: ItemRecord) -> String {
        var words = ["\(record.bytesWritten) bytes of \(record.name)"]
        if let rows = record.rows { words.append("\(rows.copied) rows") }
        if let checksum = record.checksum { words.append("\(checksum.algorithm.rawValue) \(checksum.hex)") }
        return words.joined(separator: ", ")
    }

    /// What is told of a row.
    static func line(_ row: SkippedRow, _ now: Timestamp) -> [UInt8] {
        let column = row.column.map { ", column \"\($0)\"" } ?? ""
        let message = "\(row.place) of \"\(row.source)\"\(column): \(row.message) (\(row.code))"
        return line(now, "Warning", "TabularRowSkip", row.text, message)
    }

    private static let time = TimeFormat("yyyy-MM-dd HH:mm:ss.fffffff")

    private static func line(
        _ now: Timestamp,
        _ level: String,
        _ operation: String,
        _ item: [UInt8],
        _ message: String
    ) -> [UInt8] {
        Array("\(time?.text(now) ?? now.rfc3339),\(level),\(operation),".utf8) + quoted(item) + [UInt8(ascii: ",")]
            + quoted(Array(message.utf8)) + [UInt8(ascii: "\n")]
    }

    /// In quotes whatever is in it, as ADF does.
    private static func quoted(_ text: [UInt8]) -> [UInt8] {
        let quote = UInt8(ascii: "\"")
        return [quote] + text.flatMap { $0 == quote ? [quote, quote] : [$0] } + [quote]
    }
}

extension StoreLog {
    /// A name that no other log has: a GUID of random bits (RFC 9562, version 4).
    static func newName(_ ending: String = "txt") -> String {
        var bytes = (0..<16).map { _ in UInt8.random(in: 0...255) }
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        var text = ""
        for (index, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(index) { text += "-" }
            text += (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        return text + "." + ending
    }
}
