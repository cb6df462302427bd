internal import CCurl
internal import SluiceCore

/// One libcurl easy handle, its header list, and what arrives of an answer. Used by one thread at a time.
///
/// A class because libcurl's callbacks need its address for as long as the handle lives.
@safe final class CurlSession {
    /// The libcurl handle; it lives as long as the session.
    @unsafe let handle: UnsafeMutableRawPointer
    private var headers = RequestHeaders()
    /// libcurl writes its own words on a failure here.
    private let errorText: UnsafeMutablePointer<CChar>
    var answer = AnswerCollector()
    var upload: (any UploadBody)?
    /// Whether the body has said that it has no more bytes.
    var uploadHasEnded = false
    /// How often the request was sent: libcurl repeats one by itself where a kept-alive connection ends without a word, and
    /// the first sending may have been heard all the same.
    var sendings = 0
    /// Whether nobody waits for the answer any longer.
    var isUnwanted: (() -> Bool)?
    /// Called when the body has no bytes now and the transfer is paused.
    var onPause: (() -> Void)?
    /// Holds the thread back that receives more than it allows; only for a thread of its own.
    var inbound: (any Pace)?

    /// - Parameter answerBuffer: bytes that libcurl takes from its socket at a time.
    init(_ settings: TransportSettings, answerBuffer: Int = CurlSession.bulkBuffer) throws(StoreError) {
        CurlLibrary.initialise()
        guard let handle = unsafe curl_easy_init() else {
            throw StoreError(.inputOutput, "libcurl gave no handle", advice: "The machine may be out of memory")
        }
        unsafe self.handle = handle
        unsafe errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        try configure(settings)
        try set(CURLOPT_BUFFERSIZE, answerBuffer)
    }

    /// For answers that are objects.
    static let bulkBuffer = 128 << 10
    /// For answers that say what came of a request. libcurl allocates and frees the buffer for every request, and
    /// a large one goes back to the system each time: its page faults were 2 % of the CPU of a small file (measured).
    static let shortBuffer = 16 << 10

    deinit {
        unsafe curl_easy_cleanup(handle)
        unsafe errorText.deallocate()
    }

    /// Options that are the same for every request.
    private func configure(_ settings: TransportSettings) throws(StoreError) {
        try set(CURLOPT_NOSIGNAL, 1)
        try set(CURLOPT_NOPROGRESS, 1)
        // One stream a connection: bulk over HTTP/2 cost a third more CPU (measured with curl).
        try set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        try set(CURLOPT_PATH_AS_IS, 1)
        // 64 KiB stays in the second-level cache; 2 MiB cost 40 % more user time (measured).
        try set(CURLOPT_UPLOAD_BUFFERSIZE, 64 << 10)
        try set(CURLOPT_TCP_KEEPALIVE, 1)
        // The address of a name is looked up again after a minute, as load balancers expect.
        try set(CURLOPT_DNS_CACHE_TIMEOUT, 60)
        try set(CURLOPT_CONNECTTIMEOUT_MS, Int(settings.connectTimeout.components.seconds) * 1000)
        try set(CURLOPT_LOW_SPEED_LIMIT, 1)
        try unsafe setPointer(CURLOPT_ERRORBUFFER, unsafe errorText)
        try unsafe setPointer(CURLOPT_WRITEDATA, unsafe Unmanaged.passUnretained(self).toOpaque())
        try unsafe setPointer(CURLOPT_HEADERDATA, unsafe Unmanaged.passUnretained(self).toOpaque())
        try unsafe setPointer(CURLOPT_READDATA, unsafe Unmanaged.passUnretained(self).toOpaque())
        try check(unsafe sluice_set_request(handle, countSending, Unmanaged.passUnretained(self).toOpaque()))
        try check(unsafe sluice_set_transfer(handle, CURLOPT_WRITEFUNCTION, receiveBody))
        try check(unsafe sluice_set_transfer(handle, CURLOPT_HEADERFUNCTION, receiveHeader))
        try check(unsafe sluice_set_transfer(handle, CURLOPT_READFUNCTION, readBody))
        try check(unsafe sluice_refuse_rewinds(handle))
        try settings.apply(to: self)
    }

    /// Makes the handle ready to send `request`.
    ///
    /// - Parameters:
    ///   - body: what a `.step` body sends; `.bytes` bodies are copied from the request.
    ///   - stallLimit: how long nothing may move before the attempt fails.
    func prepare(
        _ request: HTTPRequest,
        body: (any UploadBody)?,
        bodyLimit: ByteCount,
        stallLimit: Duration
    ) throws(StoreError) {
        answer.reset(limit: bodyLimit.rawValue)
        upload = body
        uploadHasEnded = false
        sendings = 0
        unsafe errorText[0] = 0
        try setString(CURLOPT_URL, request.address.description)
        try set(CURLOPT_LOW_SPEED_TIME, Int(stallLimit.components.seconds))
        try setMethod(request, body)
        try setHeaders(request, body)
    }

    private func setMethod(_ request: HTTPRequest, _ body: (any UploadBody)?) throws(StoreError) {
        // Each of these changes what the others set; from GET on the order below is the one that holds.
        // Fields of an earlier request would pass for this one's body when libcurl sends it again.
        try setString(CURLOPT_COPYPOSTFIELDS, nil)
        try set(CURLOPT_HTTPGET, 1)
        try setString(CURLOPT_CUSTOMREQUEST, nil)
        switch (request.method, request.body) {
        case (.get, .none):
            break
        case (.head, _):
            try set(CURLOPT_NOBODY, 1)
        case (_, .none):
            try unsafe setFields(UnsafeRawBufferPointer(start: nil, count: 0), copying: true)
            try setString(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        case (_, .bytes(let bytes)):
            try unsafe bytes.span.bytes.withUnsafeBytes { buffer throws(StoreError) in
                try unsafe setFields(buffer, copying: true)
            }
            try setString(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        case (_, .step):
            if let memory = unsafe body?.memory {
                // As fields, a body up to 64 KiB leaves in the same TLS record as its header.
                try unsafe setFields(memory, copying: false)
            } else {
                try set(CURLOPT_UPLOAD, 1)
                try check(unsafe sluice_set_offset(handle, CURLOPT_INFILESIZE_LARGE, curl_off_t(body?.count ?? -1)))
            }
            try setString(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        }
    }

    @unsafe private func setFields(_ bytes: UnsafeRawBufferPointer, copying: Bool) throws(StoreError) {
        try set(CURLOPT_POST, 1)
        try check(unsafe sluice_set_offset(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(bytes.count)))
        // The size must be set first, and a null pointer would mean to read from the callback.
        let option = copying ? CURLOPT_COPYPOSTFIELDS : CURLOPT_POSTFIELDS
        if let start = bytes.baseAddress {
            try unsafe setPointer(option, unsafe start)
        } else {
            try setString(CURLOPT_COPYPOSTFIELDS, "")
        }
    }

    private func setHeaders(_ request: HTTPRequest, _ body: (any UploadBody)?) throws(StoreError) {
        headers.removeAll()
        var hasContentType = false
        for header in request.headers {
            try CurlSession.requireOneLine(header)
            headers.append(header.name, header.value)
            if header.isContentType { hasContentType = true }
        }
        // Waiting for "100 Continue" would cost a round trip a block.
        headers.append(line: "Expect:")
        if !hasContentType { headers.append(line: "Content-Type:") }
        if case .step = request.body, body?.count == nil { headers.append(line: "Transfer-Encoding: chunked") }
        try check(unsafe sluice_set_list(handle, CURLOPT_HTTPHEADER, headers.list()))
    }

    /// libcurl sends a header as it stands, so that an end of line in it, which a server can have put into a listed tag,
    /// would begin another header.
    private static func requireOneLine(_ header: HTTPRequest.Header) throws(StoreError) {
        guard header.value.utf8.contains(where: { $0 == 0x0A || $0 == 0x0D || $0 == 0 }) else { return }
        throw StoreError(
            .unexpectedAnswer,
            "the header \(header.name) can't be sent",
            cause: "its value has an end of line or a NUL in it",
            advice: "It comes from the object's properties or from the service: look at the object with another client"
        )
    }

    /// Has requests end within a second or so, whatever they wait for, once `isUnwanted` says so.
    func watch(_ isUnwanted: @escaping () -> Bool) throws(StoreError) {
        self.isUnwanted = isUnwanted
        try check(unsafe sluice_set_progress(handle, askWhetherToGoOn, Unmanaged.passUnretained(self).toOpaque()))
    }

    /// Hands the body of an answer of success to `receiver` instead of keeping it.
    func setReceiver(_ receiver: (any DownloadBody)?) { answer.receiver = receiver }

    /// Has sockets of connections opened and closed by `watch`, which must outlive them.
    func setSockets(_ watch: SocketWatch) throws(StoreError) {
        try check(
            unsafe sluice_set_sockets(handle, openWatched, closeWatched, Unmanaged.passUnretained(watch).toOpaque())
        )
    }

    /// Goes on with a transfer that was paused for want of bytes.
    func resume(stallLimit: Duration) {
        // Neither call can fail on a handle that is in a transfer; if one did, the stall limit ends it.
        unsafe sluice_set_long(handle, CURLOPT_LOW_SPEED_TIME, Int(stallLimit.components.seconds))
        unsafe curl_easy_pause(handle, CURLPAUSE_CONT)
    }

    /// A transfer that waits for us is not stalled.
    func pause() {
        unsafe sluice_set_long(handle, CURLOPT_LOW_SPEED_TIME, 0)
        onPause?()
    }

    /// The status of the answer so far.
    var status: Int {
        var status = 0
        unsafe sluice_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
        return status
    }

    /// Bytes of the request's body that have left.
    var bytesSent: Int {
        var count: curl_off_t = 0
        unsafe sluice_get_offset(handle, CURLINFO_SIZE_UPLOAD_T, &count)
        return Int(count)
    }

    /// The answer, after the transfer has ended; throws what broke it.
    func finish(_ code: CURLcode, to origin: @autoclosure () -> String) throws(StoreError) -> HTTPResponse {
        defer { upload = nil }
        if let failure = upload?.failure { throw failure }
        if answer.isOverLimit {
            throw StoreError(.unexpectedAnswer, "the answer of \(origin()) is longer than \(ByteCount(answer.limit))")
        }
        guard code == CURLE_OK else {
            throw CurlFailure.error(code, words: unsafe String(cString: errorText), origin: origin(), phase: phase)
        }
        guard answer.isHeadWhole else {
            throw StoreError(
                .transient,
                "the answer of \(origin()) was cut",
                cause: "the connection ended within its head",
                wasConnected: true
            )
        }
        let response = answer.response(status: status)
        // Whoever confirms what it has not got has mistaken something else for it.
        if response.isSuccess, let upload, !hasSent(upload) {
            throw StoreError(
                .transient,
                "\(origin()) answered before it had the whole body",
                cause: "it said \(status) after \(bytesSent) bytes",
                wasConnected: true
            )
        }
        return response
    }

    private func hasSent(_ body: any UploadBody) -> Bool { body.count.map { bytesSent >= $0 } ?? uploadHasEnded }

    /// How far a transfer that failed had come.
    private var phase: CurlFailure.Phase {
        var connectCode = 0
        unsafe sluice_get_long(handle, CURLINFO_HTTP_CONNECTCODE, &connectCode)
        return CurlFailure.Phase(proxyStatus: connectCode)
    }

    // MARK: Options

    func set(_ option: CURLoption, _ value: Int) throws(StoreError) {
        try check(unsafe sluice_set_long(handle, option, value))
    }

    func setString(_ option: CURLoption, _ value: String?) throws(StoreError) {
        try check(unsafe sluice_set_string(handle, option, value))
    }

    @unsafe func setPointer(_ option: CURLoption, _ value: UnsafeRawPointer) throws(StoreError) {
        try check(unsafe sluice_set_pointer(handle, option, value))
    }

    private func check(_ code: CURLcode) throws(StoreError) {
        guard code == CURLE_OK else {
            let words = unsafe String(cString: curl_easy_strerror(code))
            throw StoreError(.usage, "libcurl refused an option", cause: words)
        }
    }
}

extension HTTPRequest.Header {
    fileprivate var isContentType: Bool {
        name.utf8.count == 12 && zip(name.utf8, "content-type".utf8).allSatisfy { lowercase($0) == $1 }
    }
}
