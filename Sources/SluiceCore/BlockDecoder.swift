/// Restores blocks of bytes, each compressed by itself, whose length is kept elsewhere: pages of Parquet files.
///
/// Used by one thread at a time.
package protocol BlockDecoder: AnyObject {
    /// The most bytes that a block of `count` can stand for: no more is believed of any, whatever is said.
    func most(from count: Int) -> Int

    /// Restores a block: all of `input` to all of `output`.
    /// - Throws: a `Failure` of kind `.integrity` when the bytes are damaged, or stand for fewer or more.
    func decode(_ input: RawSpan, into output: inout MutableRawSpan) throws
}

/// Makes the decoder of a codec by its name (`snappy`, `gzip`, `zstd`, `lz4_raw`, `brotli`, …); nil where there is none.
package typealias BlockDecoders = @Sendable (_ name: String) throws -> (any BlockDecoder)?
