internal import CCurl
internal import SluiceCore

/// The header lines of a request as libcurl reads them: a list of C strings, in memory that the next request uses
/// again.
///
/// libcurl copies neither list nor strings (CURLOPT_HTTPHEADER(3)): they stay where they are until they are made anew.
@safe struct RequestHeaders: ~Copyable {
    /// The lines, each with a zero byte at its end.
    private var text = UnsafeMutableBufferPointer<CChar>.allocate(capacity: 1024)
    private var used = 0
    private var starts: [Int] = []
    private var nodes = UnsafeMutableBufferPointer<curl_slist>.allocate(capacity: 16)

    deinit {
        unsafe text.deallocate()
        unsafe nodes.deallocate()
    }

    mutating func removeAll() {
        used = 0
        starts.removeAll(keepingCapacity: true)
    }

    /// Adds a header; one without a value is written with a semicolon, as curl wants it.
    mutating func append(_ name: String, _ value: String) {
        starts.append(used)
        put(name)
        put(value.isEmpty ? ";" : ": ")
        put(value)
        unsafe text[used] = 0
        used += 1
    }

    /// Adds a line that is written for libcurl: `Name:` leaves out a header that it would send.
    mutating func append(line: String) {
        starts.append(used)
        put(line)
        unsafe text[used] = 0
        used += 1
    }

    /// The list, which holds until the next change.
    mutating func list() -> UnsafeMutablePointer<curl_slist>? {
        if unsafe nodes.count < starts.count {
            unsafe nodes.deallocate()
            unsafe nodes = .allocate(capacity: 2 * starts.count)
        }
        guard let first = unsafe nodes.baseAddress, let base = unsafe text.baseAddress else { return nil }
        for (index, start) in starts.enumerated() {
            let next = unsafe index + 1 < starts.count ? first + index + 1 : nil
            unsafe (first + index).initialize(to: curl_slist(data: base + start, next: next))
        }
        return unsafe starts.isEmpty ? nil : first
    }

    /// Copies `part` behind what is there, and leaves room for a zero.
    private mutating func put(_ part: String) {
        var part = part
        part.withUTF8 { bytes in
            let needed = used + bytes.count + 1
            if unsafe needed > text.count {
                let larger = UnsafeMutableBufferPointer<CChar>.allocate(capacity: 2 * needed)
                unsafe UnsafeMutableRawBufferPointer(larger).copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(text)[..<used])
                )
                unsafe text.deallocate()
                unsafe text = larger
            }
            unsafe UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(text)[used...])
                .copyMemory(from: UnsafeRawBufferPointer(bytes))
            used += bytes.count
        }
    }
}
