package import SluiceCore

/// A sink behind HTTP: a dialect that says what to send, and the transport that sends it.
package struct BlobSink: ObjectSink {
    private let dialect: any BlobDialect
    private let settings: TransportSettings
    private let client: HTTPClient

    package init(dialect: any BlobDialect, settings: TransportSettings, client: HTTPClient) {
        self.dialect = dialect
        self.settings = settings
        self.client = client
    }

    package var location: Location { dialect.location }
    package var traits: SinkTraits { dialect.traits }
    package var notes: [String] { dialect.notes }

    /// Whether the service can copy by itself what `source` reads.
    package func copies(from source: any BlobReadDialect) -> Bool { dialect.copies(from: source) }

    package func validate(name: String) throws { try dialect.validate(name: name) }

    package func prepare() throws {
        try client.retrying {
            let now = Timestamp.now
            guard let request = try dialect.probe(now: now) else { return }
            do {
                try dialect.checkProbe(client.send(request, bodyLimit: .mebibytes(1)), now: now)
            } catch let error as StoreError where dialect.toleratesSilence && error.wasConnected {
                return
            }
        }
    }

    package func remove(name: String) throws -> Bool {
        try client.retrying {
            let now = Timestamp.now
            guard let request = try dialect.deleteRequest(name: name, now: now) else { return false }
            let response = try client.send(request, bodyLimit: .mebibytes(1))
            guard !response.isSuccess, response.status != 404 else { return true }
            throw dialect.deleteFailure(response, name: name, now: now)
        }
    }

    package func ticket(of upload: Upload) -> UploadTicket? { dialect.ticket(of: upload) }

    package func takeUp(_ ticket: UploadTicket, for upload: Upload, known: [KnownBlock]) throws -> TakenUpload {
        guard var inquest = dialect.inquest(ticket, for: upload, known: known) else { return .forgotten }
        while true {
            let taken = try client.retrying {
                let now = Timestamp.now
                let response = try client.send(try inquest.request(now: now), bodyLimit: BlobSink.longestList)
                return try inquest.hear(response, now: now)
            }
            if let taken { return taken }
        }
    }

    package func discard(_ ticket: UploadTicket, name: String) throws {
        try client.retrying {
            let now = Timestamp.now
            guard let request = try dialect.discardRequest(ticket, name: name, now: now) else { return }
            let response = try client.send(request, bodyLimit: .mebibytes(1))
            if let failure = dialect.discardFailure(response, name: name, now: now) { throw failure }
        }
    }

    /// Azure's list of 50,000 blocks, each with a name of at most 64 bytes, base64.
    private static let longestList = ByteCount.mebibytes(16)

    package func serve(_ feed: any StepFeed, slots: Int) {
        do {
            try TransportWorker(dialect, settings: settings, feed: feed, slots: slots).serve()
        } catch {
            // Without a transport every step fails with the reason.
            while case .step(let step) = feed.next(waker: nil, held: 0) { feed.finish(step, .failed(error)) }
        }
    }
}
