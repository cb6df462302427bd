internal import SluiceCore

/// Messages of a run: to standard error, and to a file where one is asked for.
final class Log: Sendable {
    enum Level: String, Comparable, Sendable {
        /// Each item.
        case item
        case info
        case warning
        case error

        private var rank: Int {
            switch self {
            case .item: 0
            case .info: 1
            case .warning: 2
            case .error: 3
            }
        }

        static func < (left: Level, right: Level) -> Bool { left.rank < right.rank }
    }

    struct Message: Sendable {
        var level: Level
        var text: String
        var item: String?
        var code: String?
    }

    private struct State: ~Copyable {
        var file: OutputFile?
    }

    private let format: LogFormat
    private let threshold: Level
    private let hasFile: Bool
    private let state: Locked<State>

    /// - Parameter threshold: the least level that standard error gets; the file gets all.
    init(format: LogFormat, threshold: Level, file path: String?) throws {
        self.format = format
        self.threshold = threshold
        hasFile = path != nil
        state = Locked(State(file: try path.map { try OutputFile(path: $0) }))
    }

    /// Whether anyone hears messages of this level.
    func takes(_ level: Level) -> Bool { level >= threshold || hasFile }

    func error(_ failure: any Failure, item: String? = nil) {
        write(Message(level: .error, text: failure.description, item: item, code: failure.kind.rawValue))
    }

    func info(_ text: String) { write(Message(level: .info, text: text)) }

    /// - Parameter isForFile: whether only the file gets it.
    func write(_ message: Message, onlyToFile isForFile: Bool = false) {
        if message.level >= threshold, !isForFile {
            StandardError.shared.write(format.line(message, time: .now, isForFile: false))
        }
        state.withLock { state in
            guard let file = state.file else { return }
            file.append(format.line(message, time: .now, isForFile: true).utf8)
            // Whoever follows the file wants to see what went wrong at once.
            if message.level >= .warning { file.flush() }
        }
    }

    /// Writes what is left to the file.
    func finish() throws { try state.withLock { try $0.file?.finish() } }
}
