internal import ArgumentParser
internal import SluiceCore
internal import SluiceEngine

/// How a message is written.
enum LogFormat: String, CaseIterable, ExpressibleByArgument, Sendable {
    case text, json

    /// The message as a line; in a file it carries time and level in text, too.
    func line(_ message: Log.Message, time: Timestamp, isForFile: Bool) -> String {
        switch self {
        case .text where isForFile: "\(time.rfc3339) \(message.level.rawValue): \(message.text.printable)\n"
        case .text: (message.level >= .warning ? "\(Program.name): " : "") + message.text.printable + "\n"
        case .json: json(message, time)
        }
    }

    private func json(_ message: Log.Message, _ time: Timestamp) -> String {
        var json = JSONWriter()
        json.object { json in
            json.field("time", time.rfc3339)
            json.field("level", message.level.rawValue)
            json.field("message", message.text)
            json.field("item", message.item)
            json.field("code", message.code)
        }
        json.endLine()
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
