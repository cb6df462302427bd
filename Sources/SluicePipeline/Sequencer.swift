/// Puts pieces that are finished in any order back into theirs.
package struct Sequencer<Piece: ~Copyable>: ~Copyable {
    // A piece waits in a box, because dictionaries hold copyable values only.
    private final class Box {
        var piece: Piece?
        init(_ piece: consuming Piece) { self.piece = consume piece }
    }

    private var waiting: [Int: Box] = [:]
    /// The ordinal of the piece that comes next.
    package private(set) var next: Int

    /// - Parameter first: the ordinal of the piece that comes first.
    package init(from first: Int = 0) { next = first }

    /// Takes a piece in; each ordinal comes once, without gaps in the end.
    package mutating func insert(_ piece: consuming Piece, ordinal: Int) {
        precondition(ordinal >= next && waiting[ordinal] == nil, "an ordinal comes once")
        waiting[ordinal] = Box(piece)
    }

    /// Gives the next piece in order out; nil while it is missing.
    package mutating func popNext() -> Piece? {
        guard let box = waiting.removeValue(forKey: next) else { return nil }
        next += 1
        return box.piece.take()
    }

    /// Passes over pieces that won't come.
    ///
    /// - Parameter ordinal: that of the piece that comes next instead.
    package mutating func skip(to ordinal: Int) {
        precondition(ordinal >= next && waiting.keys.allSatisfy { $0 >= ordinal }, "what is passed over has not come")
        next = ordinal
    }

    /// Drops everything that waits; how many pieces that were.
    package mutating func removeAll() -> Int {
        defer { waiting = [:] }
        return waiting.count
    }
}

// It is reached under the lock of its item only.
extension Sequencer: @unchecked Sendable where Piece: Sendable & ~Copyable {}
