internal import SluiceCore

/// A pattern of names, as `--include` and `--exclude` take it.
///
/// - `*` stands for any characters but `/`, `?` for one character that is not `/`, `**` for any characters, and `**/` at
///   the start of a part for any number of folders, none too. `^` takes its meaning from the character that follows.
/// - A pattern without `/` is compared with the last part of a name, at any depth: `*.csv`. One with `/` is compared with
///   the whole name, relative to the source: `2026/*.csv`; a `/` in front says so where there is no other.
/// - A `/` at the end stands for everything below the folders that match: `tmp/` at any depth, `a/tmp/` at that place.
///
/// Characters are Unicode scalars; upper and lower case differ.
package struct NamePattern: Sendable, Hashable {
    enum Token: Sendable, Hashable {
        case byte(UInt8)
        /// `?`
        case one
        /// `*`
        case star
        /// `**`
        case deep
        /// `**/`
        case folders
    }

    /// As it was written.
    package let text: String
    let tokens: [Token]

    /// - Throws: a `CopyError` of kind `.usage` for a pattern that is empty or ends within an escape.
    package init(_ text: String) throws(CopyError) {
        self.text = text
        var parser = Parser(Array(text.utf8))
        guard !text.isEmpty, let tokens = parser.tokens() else {
            throw CopyError(
                .usage,
                text.isEmpty ? "a pattern is empty" : "the pattern \"\(text)\" ends with the escape ^",
                advice: "Write ^^ for the character itself"
            )
        }
        self.tokens = tokens
    }

    /// Whether `name`, relative to the source, matches.
    package func matches(_ name: String) -> Bool { Matcher(tokens: tokens).run(name.utf8Span.span, isPrefix: false) }

    /// Whether a name below `folder` can match.
    package func mayMatch(below folder: String) -> Bool {
        Matcher(tokens: tokens).run((folder + "/").utf8Span.span, isPrefix: true)
    }

    /// Whether every name below `folder` matches.
    package func matchesAll(below folder: String) -> Bool {
        tokens.last == .deep && Matcher(tokens: tokens).run((folder + "/").utf8Span.span, isPrefix: false)
    }
}

extension NamePattern {
    /// Reads a pattern's text.
    private struct Parser {
        private let text: [UInt8]
        private var position = 0

        init(_ text: [UInt8]) { self.text = text }

        private static let slash = UInt8(ascii: "/")

        /// Nil when the text ends within an escape.
        mutating func tokens() -> [Token]? {
            var tokens: [Token] = []
            // A slash in front, or within, ties the pattern to the source; the one at the end does not.
            var isTied = false
            if text.first == Parser.slash {
                isTied = true
                position = 1
            }
            while position < text.count {
                let isPartStart = tokens.isEmpty || tokens.last == .byte(Parser.slash) || tokens.last == .folders
                guard let token = next(isPartStart: isPartStart) else { return nil }
                if token == .byte(Parser.slash) || token == .folders, position < text.count { isTied = true }
                tokens.append(token)
            }
            if tokens.last == .byte(Parser.slash) || tokens.last == .folders { tokens.append(.deep) }
            return isTied ? tokens : [.folders] + tokens
        }

        private mutating func next(isPartStart: Bool) -> Token? {
            defer { position += 1 }
            switch text[position] {
            case UInt8(ascii: "^"):
                position += 1
                return position < text.count ? .byte(text[position]) : nil
            case UInt8(ascii: "?"): return .one
            case UInt8(ascii: "*"):
                guard position + 1 < text.count, text[position + 1] == UInt8(ascii: "*") else { return .star }
                position += 1
                guard isPartStart, position + 1 < text.count, text[position + 1] == Parser.slash else { return .deep }
                position += 1
                return .folders
            case let byte: return .byte(byte)
            }
        }
    }

    /// Compares without recursion and memory: when something does not fit, the last `*` takes one character more, or
    /// else the last `**` does. Earlier ones need not be tried again: the last `**` can take whatever they would.
    private struct Matcher {
        let tokens: [Token]

        private static let slash = UInt8(ascii: "/")

        /// - Parameter isPrefix: whether it is enough that something that starts with `name` can match.
        func run(_ name: Span<UInt8>, isPrefix: Bool) -> Bool {
            var position = 0
            var index = 0
            var star: Retry?
            var deep: Retry?
            while true {
                if isPrefix, position == name.count { return true }
                if index < tokens.count {
                    switch tokens[index] {
                    case .star:
                        star = Retry(index: index, position: position)
                        index += 1
                        continue
                    case .deep, .folders:
                        deep = Retry(index: index, position: position)
                        star = nil
                        index += 1
                        continue
                    case .byte(let byte) where position < name.count && name[position] == byte:
                        position += 1
                        index += 1
                        continue
                    case .one where position < name.count && name[position] != Matcher.slash:
                        position = Matcher.next(position, name)
                        index += 1
                        continue
                    case .byte, .one: break
                    }
                } else if position == name.count {
                    return true
                }
                if let retry = star, retry.position < name.count, name[retry.position] != Matcher.slash {
                    position = retry.position + 1
                    index = retry.index + 1
                    star?.position = position
                } else if let retry = deep, let longer = longer(retry, name) {
                    position = longer
                    index = retry.index + 1
                    deep?.position = position
                    star = nil
                } else {
                    return false
                }
            }
        }

        /// A wildcard that can take more: its token, and where what it takes ends.
        private struct Retry {
            let index: Int
            var position: Int
        }

        /// Where the next longer text that `**` or `**/` can take ends.
        private func longer(_ retry: Retry, _ name: Span<UInt8>) -> Int? {
            var position = retry.position
            if tokens[retry.index] == .folders {
                while position < name.count, name[position] != Matcher.slash { position += 1 }
            }
            return position < name.count ? position + 1 : nil
        }

        /// Behind the character at `position`: continuation bytes of UTF-8 are `10xxxxxx`.
        private static func next(_ position: Int, _ name: Span<UInt8>) -> Int {
            var position = position + 1
            while position < name.count, name[position] & 0xC0 == 0x80 { position += 1 }
            return position
        }
    }
}
