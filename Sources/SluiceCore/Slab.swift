/// Where slabs come from and go back to.
package protocol SlabOwner: AnyObject, Sendable {
    /// Takes the memory of a slab back. Called once for each slab, on whatever thread dropped it.
    func reclaim(_ memory: UnsafeMutableRawBufferPointer)
}

/// A page-aligned buffer on lease from a pool. Dropping it gives the memory back.
///
/// It has one owner at a time: stages hand it on by consuming it.
// @unchecked: the memory is reached only through the one owner, and a transfer of ownership passes through a lock.
@safe package struct Slab: ~Copyable, @unchecked Sendable {
    private let memory: UnsafeMutableRawBufferPointer
    private let owner: any SlabOwner
    /// The bytes that hold data, from the start; at most `capacity`.
    package var count: Int {
        didSet { precondition(count >= 0 && count <= capacity, "a slab can't hold more than its capacity") }
    }

    /// Wraps `memory`, which `owner` takes back at the end.
    package init(memory: UnsafeMutableRawBufferPointer, owner: any SlabOwner) {
        unsafe self.memory = memory
        self.owner = owner
        self.count = 0
    }

    deinit { unsafe owner.reclaim(memory) }

    /// The bytes that fit.
    package var capacity: Int { unsafe memory.count }

    /// The whole memory, to write into. It must not outlive the slab.
    @unsafe package var storage: UnsafeMutableRawBufferPointer { unsafe memory }

    /// The bytes that hold data. They must not outlive the slab.
    @unsafe package var contents: UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(rebasing: memory[0..<count])
    }

    /// Lends the bytes that hold data.
    package func withBytes<Result, Problem: Error>(_ body: (RawSpan) throws(Problem) -> Result) throws(Problem) -> Result {
        try unsafe body(RawSpan(_unsafeBytes: contents))
    }

    /// Lends the whole memory to be written; the caller sets `count` afterwards.
    package mutating func withStorage<Result, Problem: Error>(
        _ body: (inout MutableRawSpan) throws(Problem) -> Result
    ) throws(Problem) -> Result {
        var span = unsafe MutableRawSpan(_unsafeBytes: memory)
        return try body(&span)
    }
}
