internal import CCurl
internal import SluiceCore

// libcurl's callbacks: they run on the thread that drives the handle, within curl_multi_perform or curl_easy_perform.

func countSending(
    context: UnsafeMutableRawPointer?,
    primary: UnsafeMutablePointer<CChar>?,
    local: UnsafeMutablePointer<CChar>?,
    primaryPort: Int32,
    localPort: Int32
) -> Int32 {
    guard let context = unsafe context else { return CURL_PREREQFUNC_ABORT }
    unsafe Unmanaged<CurlSession>.fromOpaque(context).takeUnretainedValue().sendings += 1
    return CURL_PREREQFUNC_OK
}

func askWhetherToGoOn(
    context: UnsafeMutableRawPointer?,
    toReceive: curl_off_t,
    received: curl_off_t,
    toSend: curl_off_t,
    sent: curl_off_t
) -> Int32 {
    guard let context = unsafe context else { return 1 }
    let session = unsafe Unmanaged<CurlSession>.fromOpaque(context).takeUnretainedValue()
    return session.isUnwanted?() == true ? 1 : 0
}

func receiveBody(
    bytes: UnsafeMutablePointer<CChar>?,
    size: Int,
    count: Int,
    context: UnsafeMutableRawPointer?
) -> Int {
    guard let bytes = unsafe bytes, let context = unsafe context else { return 0 }
    let session = unsafe Unmanaged<CurlSession>.fromOpaque(context).takeUnretainedValue()
    let piece = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
    let isKept = unsafe session.answer.append(piece, status: session.status)
    // While nothing is read, the socket's window closes.
    session.inbound?.wait(for: piece.count)
    return isKept ? size * count : 0
}

func receiveHeader(
    bytes: UnsafeMutablePointer<CChar>?,
    size: Int,
    count: Int,
    context: UnsafeMutableRawPointer?
) -> Int {
    guard let bytes = unsafe bytes, let context = unsafe context else { return 0 }
    let session = unsafe Unmanaged<CurlSession>.fromOpaque(context).takeUnretainedValue()
    unsafe session.answer.appendHeader(unsafe UnsafeRawBufferPointer(start: bytes, count: size * count))
    return size * count
}

func readBody(
    bytes: UnsafeMutablePointer<CChar>?,
    size: Int,
    count: Int,
    context: UnsafeMutableRawPointer?
) -> Int {
    guard let bytes = unsafe bytes, let context = unsafe context else { return sluice_readfunc_abort }
    let session = unsafe Unmanaged<CurlSession>.fromOpaque(context).takeUnretainedValue()
    let buffer = unsafe UnsafeMutableRawBufferPointer(start: bytes, count: size * count)
    switch unsafe session.upload?.read(into: buffer) ?? .end {
    case .bytes(let count): return count
    case .wait:
        session.pause()
        return sluice_readfunc_pause
    case .end:
        session.uploadHasEnded = true
        return 0
    case .broken: return sluice_readfunc_abort
    }
}
