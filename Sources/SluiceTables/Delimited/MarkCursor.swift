/// Walks over the bytes of a window that may mean something, by the words in which there is a bit for each byte.
@unsafe struct MarkCursor {
    private let words: UnsafePointer<UInt64>
    private let end: Int
    /// Where the bytes of the word begin.
    private var block: Int
    /// Its bits that are still ahead.
    private var ahead: UInt64

    /// What `next` gives at the end.
    static let none = Int.max

    init(_ words: UnsafePointer<UInt64>, at position: Int, end: Int) {
        unsafe self.words = unsafe words
        unsafe self.end = end
        unsafe block = position & ~63
        unsafe ahead =
            position < end ? words[position >> 6] & (~0 &<< UInt64(truncatingIfNeeded: position & 63)) : 0
    }

    /// Where the next mark stands; `none` behind the end.
    @inline(__always) mutating func next() -> Int {
        while unsafe ahead == 0 {
            unsafe block &+= 64
            guard unsafe block < end else { return unsafe MarkCursor.none }
            unsafe ahead = words[block &>> 6]
        }
        let position = unsafe block &+ ahead.trailingZeroBitCount
        unsafe ahead &= ahead &- 1
        return unsafe position < end ? position : MarkCursor.none
    }
}
