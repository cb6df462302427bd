/// Gives `body` the memory of both spans.
func withPointers<Answer, Problem: Error>(
    _ input: RawSpan,
    _ output: inout MutableRawSpan,
    _ body: (UnsafeRawBufferPointer, UnsafeMutableRawBufferPointer) throws(Problem) -> Answer
) throws(Problem) -> Answer {
    try unsafe output.withUnsafeMutableBytes { output throws(Problem) in
        try unsafe input.withUnsafeBytes { input throws(Problem) in try unsafe body(input, output) }
    }
}
