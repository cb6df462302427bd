package import SluiceCore

/// How one service wants an object to be put: steps into signed requests, answers into outcomes.
///
/// A dialect sends nothing, keeps no connection and reads no clock, so that all of it is tested as values; what an
/// upload needs between its steps is kept in `Upload.session`.
package protocol BlobDialect: Sendable {
    var location: Location { get }
    var traits: SinkTraits { get }
    /// What was found out about the service that the user should know, for the report.
    var notes: [String] { get }

    /// Whether the service can copy by itself what `source` reads: it is the same service, and lets us in there as the same.
    func copies(from source: any BlobReadDialect) -> Bool

    /// Throws a `StoreError` of kind `.invalidName` when the service can't hold an object of this name.
    func validate(name: String) throws

    /// The request that shows whether the place is there and lets us in; nil where the service offers none.
    func probe(now: Timestamp) throws -> HTTPRequest?

    /// Whether a service that is there may leave the probe unanswered.
    var toleratesSilence: Bool { get }

    /// Throws what the answer to `probe` says against going on.
    func checkProbe(_ response: HTTPResponse, now: Timestamp) throws

    /// The request for a step; nil when the service needs none for it and it counts as confirmed.
    ///
    /// Blocks at most for a token to be renewed.
    func request(for step: borrowing SinkStep, now: Timestamp) throws -> HTTPRequest?

    /// What an answer means for the step.
    func result(of step: borrowing SinkStep, _ response: HTTPResponse, now: Timestamp) -> StepResult

    /// The request that finds out whether an earlier attempt is why a step was refused: it may have succeeded although
    /// its answer was lost; or, after a copy that the service has made by itself, what it has made. Nil where there is no
    /// such doubt.
    func inquiry(after refusal: HTTPResponse, of step: borrowing SinkStep, now: Timestamp) throws -> HTTPRequest?

    /// What the answer to `inquiry` means for the step: confirmed where what was to be put stands there.
    func result(
        of step: borrowing SinkStep,
        refusal: HTTPResponse,
        inquiry: HTTPResponse,
        now: Timestamp
    ) -> StepResult

    /// The request that removes an object; nil where the service offers none.
    func deleteRequest(name: String, now: Timestamp) throws -> HTTPRequest?

    /// The error that the refusal of `deleteRequest` is.
    func deleteFailure(_ response: HTTPResponse, name: String, now: Timestamp) -> StoreError

    /// What another process needs to go on with an upload that has begun; nil where none can.
    func ticket(of upload: Upload) -> UploadTicket?

    /// The questions that show what the service still has of an earlier process's upload, whose session `upload` gets with
    /// the answer; nil where the ticket is no upload of that name here.
    func inquest(_ ticket: UploadTicket, for upload: Upload, known: [KnownBlock]) -> (any UploadInquest)?

    /// The request that takes back what an earlier process has begun; nil where none is needed.
    func discardRequest(_ ticket: UploadTicket, name: String, now: Timestamp) throws -> HTTPRequest?

    /// What the answer to `discardRequest` says against it; nil where nothing is left of the upload.
    func discardFailure(_ response: HTTPResponse, name: String, now: Timestamp) -> StoreError?
}

/// What is asked of a service about an upload that an earlier process has begun, question by question: a value, like the
/// dialect.
package protocol UploadInquest: Sendable {
    /// The next question.
    func request(now: Timestamp) throws -> HTTPRequest

    /// Takes the answer to it; nil where there is another question.
    ///
    /// - Throws: when the answer is neither of these: then the same question can be asked again, and the upload stays as
    ///   it is.
    mutating func hear(_ response: HTTPResponse, now: Timestamp) throws -> TakenUpload?
}

extension BlobDialect {
    package func ticket(of upload: Upload) -> UploadTicket? { nil }
    package func inquest(_ ticket: UploadTicket, for upload: Upload, known: [KnownBlock]) -> (any UploadInquest)? {
        nil
    }
    package func discardRequest(_ ticket: UploadTicket, name: String, now: Timestamp) throws -> HTTPRequest? { nil }
    package func discardFailure(_ response: HTTPResponse, name: String, now: Timestamp) -> StoreError? { nil }

    package func inquiry(
        after refusal: HTTPResponse,
        of step: borrowing SinkStep,
        now: Timestamp
    ) throws -> HTTPRequest? { nil }

    package func result(
        of step: borrowing SinkStep,
        refusal: HTTPResponse,
        inquiry: HTTPResponse,
        now: Timestamp
    ) -> StepResult { result(of: step, refusal, now: now) }

    package func deleteRequest(name: String, now: Timestamp) throws -> HTTPRequest? { nil }
    package func copies(from source: any BlobReadDialect) -> Bool { false }
    package var notes: [String] { [] }
    package var toleratesSilence: Bool { false }
}

/// How one service lists and hands out objects.
package protocol BlobReadDialect: Sendable {
    var location: Location { get }
    /// The least and the most bytes that one request for a part of a large object is to ask for.
    var requestSize: ClosedRange<Int> { get }
    /// The longest range whose digest the service tells; nil where the length makes no difference.
    var largestCheckedRange: Int? { get }

    /// The request for one page of the list; `marker` is the page before's `next`. Nil where the service can't list
    /// and the location is one object.
    func listRequest(marker: String?, now: Timestamp) throws -> HTTPRequest?

    /// The marker of the page that starts behind a name, which need not be there; nil where the service knows of no such.
    func listMarker(behind name: String) -> String?

    /// The marker of the first page of all below a folder, whose name is empty or ends with a slash; nil where lists are
    /// not asked for by folders.
    func listMarker(below folder: String) -> String?

    /// The marker of a folder's first page, on which the folders in it are told apart; nil as above.
    func listMarker(foldersOf folder: String) -> String?

    /// The objects of the page that `marker` asked for. Names are relative to the location.
    func listPage(_ response: HTTPResponse, at marker: String?, now: Timestamp) throws -> ListPage

    /// The request for an object's properties (HEAD).
    func propertiesRequest(name: String, now: Timestamp) throws -> HTTPRequest

    /// The request for `count` bytes of an object from `offset`, of the version `entityTag` where it is given.
    func readRequest(name: String, offset: Int, count: Int, entityTag: String?, now: Timestamp) throws -> HTTPRequest

    /// The request for all of an object's bytes, of which there is at least one, with what the service keeps beside them.
    func wholeRequest(name: String, size: Int, entityTag: String?, now: Timestamp) throws -> HTTPRequest

    /// What an object keeps beside its bytes, by the headers of an answer to HEAD or GET.
    func metadata(_ response: HTTPResponse) -> ObjectMetadata

    /// The digest of the whole object that an answer to HEAD, or to `wholeRequest`, says; nil where it says none.
    func storedChecksum(_ properties: HTTPResponse) -> Checksum?

    /// The digest that an answer with a range says its body has; nil where it says none.
    func bodyChecksum(_ response: HTTPResponse) -> Checksum?

    /// What the service needs to copy an object by itself; nil where it can't.
    func copySource(name: String, entityTag: String?) throws -> (any CopySource)?

    /// The address from which somebody else can read an object for `lifetime` from `now` on; see `ObjectAddress`.
    /// - Throws: a `Failure` of kind `.usage` where the credential signs no addresses.
    func address(of name: String, lifetime: AddressLifetime, now: Timestamp) throws -> ObjectAddress

    /// Whether an answer to HEAD is about a folder, which some services keep as an object without bytes.
    func isFolder(_ response: HTTPResponse) -> Bool

    /// The request that removes an object, of the version `entityTag` where it is given; nil where the service offers none.
    func deleteRequest(name: String, entityTag: String?, now: Timestamp) throws -> HTTPRequest?

    /// The error that an answer without success is, for an object or (nil) for the location.
    func failure(_ response: HTTPResponse, name: String?, now: Timestamp) -> StoreError
}

extension BlobReadDialect {
    /// From 8 MiB, so that a round trip costs little, to 64 MiB: a gateway of a file system opens and reads ahead for each
    /// request, which at 8 MiB is a third of its work (measured with JuiceFS).
    package var requestSize: ClosedRange<Int> { 8 << 20...64 << 20 }
    package var largestCheckedRange: Int? { nil }

    package func listMarker(behind name: String) -> String? { nil }
    package func listMarker(below folder: String) -> String? { nil }
    package func listMarker(foldersOf folder: String) -> String? { nil }
    package func listPage(_ response: HTTPResponse, now: Timestamp) throws -> ListPage {
        try listPage(response, at: nil, now: now)
    }

    package func wholeRequest(name: String, size: Int, entityTag: String?, now: Timestamp) throws -> HTTPRequest {
        try readRequest(name: name, offset: 0, count: size, entityTag: entityTag, now: now)
    }

    package func isFolder(_ response: HTTPResponse) -> Bool { false }
    package func copySource(name: String, entityTag: String?) throws -> (any CopySource)? { nil }
    package func storedChecksum(_ properties: HTTPResponse) -> Checksum? { nil }
    package func bodyChecksum(_ response: HTTPResponse) -> Checksum? { nil }
    package func deleteRequest(name: String, entityTag: String?, now: Timestamp) throws -> HTTPRequest? { nil }
}

/// One page of a list.
package struct ListPage: Sendable {
    package var items: [SourceItem]
    /// The folders, where they are told apart: names that end with a slash.
    package var folders: [String]
    /// What to ask the next page with; nil on the last one.
    package var next: String?

    package init(items: [SourceItem], folders: [String] = [], next: String?) {
        self.items = items
        self.folders = folders
        self.next = next
    }
}
