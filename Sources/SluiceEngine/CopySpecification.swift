package import SluiceCore
package import SluicePipeline
package import SluiceStores

/// Everything that a copy is asked to do.
package struct CopySpecification: Sendable {
    /// How far integrity is checked.
    package enum Verification: String, Sendable, CaseIterable {
        /// No digest is computed, and the store is given none.
        case none
        /// Every block carries a digest that the store checks, where it checks any; the object's digest is recorded.
        case transfer
        /// As `transfer`, and the object is read back afterwards and compared.
        case readback
    }

    /// What an existing object gets.
    package enum Overwrite: String, Sendable, CaseIterable {
        case always
        case never
        case ifNewer = "if-newer"
        case ifDifferent = "if-different"
    }

    /// What becomes of folders: ADF's `copyBehavior`.
    package enum Layout: String, Sendable, CaseIterable {
        /// Objects keep their names below the source.
        case preserve
        /// Objects get names without folders, with a mark that keeps them apart.
        case flatten
        /// All objects become one, in the order of their names.
        case merge
    }

    /// What objects keep beside their bytes.
    package enum Preserved: String, Sendable, CaseIterable {
        /// Content headers and the user's own pairs, between S3, Azure and HTTPS.
        case metadata
        /// Permission bits of files.
        case mode
        /// User and group of files, by their numbers.
        case owner
        /// Times of last change of files.
        case times
    }

    /// Connections to the sink at a time.
    package enum Connections: Sendable, Equatable {
        case automatic
        case fixed(Int)

        /// Nil where it is found out.
        var count: Int? { if case .fixed(let count) = self { count } else { nil } }
    }

    package var source: Location
    package var sink: Location
    package var sourceConnection = ConnectionOptions()
    package var sinkConnection = ConnectionOptions()
    package var connections = Connections.automatic
    /// Bytes of one block before compression; nil to choose.
    package var blockSize: ByteCount?
    /// Bound on everything buffered.
    package var memory = ByteCount.mebibytes(256)
    /// How many bytes a second all connections send at most, and how many they receive.
    package var bandwidth: BandwidthSchedule?
    /// How many requests all connections start a second at most.
    package var requestsPerSecond: Int?
    package var codec: (any ChunkCodec)?
    /// Whether objects whose names say that they are compressed are decompressed on the way.
    package var decompresses = false
    package var verification = Verification.transfer
    package var overwrite = Overwrite.always
    package var layout = Layout.preserve
    package var preserved: Set<Preserved> = []
    /// Pairs that each object gets, over those that it keeps; `$$LASTMODIFIED` is the source's time of last change.
    package var metadata: [MetadataPair] = []
    /// Whether objects are removed from the source when the sink has confirmed them.
    package var deletesSource = false
    /// Whether source and sink are compared, and nothing is copied.
    package var isComparison = false
    /// Which of the source's objects are copied.
    package var selection = Selection()
    /// A list of the names to copy, instead of all that the source lists: a file, or `-` for standard input.
    package var filesFrom: String?
    /// What symbolic links in a source of files are taken for.
    package var links = WalkOptions.Links.follow
    /// Whether an object that vanished between listing and reading is skipped; else it fails.
    package var skipsMissing = true
    /// Whether an object that may not be read is skipped; else it fails.
    package var skipsForbidden = false
    /// Whether an object that changed while it was read, or differs at the sink, is skipped, with nothing of it left there;
    /// else it fails.
    package var skipsInconsistent = false
    /// Whether an object of whose name the sink can hold none is skipped; else it fails.
    package var skipsInvalidNames = false
    /// Whether a service that holds both source and sink may copy by itself.
    package var copiesByService = true
    /// What is copied of a database, and what rows are in objects.
    package var table = TableOptions()
    /// How rows go into a database.
    package var tableSink = TableSinkOptions()
    /// How the store is reached that skipped rows are kept in.
    package var badRowsConnection = ConnectionOptions()
    /// Where the copy lies on its way; nil where it goes to its sink at once.
    package var staging: StagingOptions?
    package var retry = RetryLimits()
    /// Hears what becomes of objects and rows; nil for nobody.
    package var observer: (any CopyObserver)?
    /// The process environment, for credentials.
    package var environment: [String: String] = [:]

    /// Attempts of one request, and the waits between them.
    package struct RetryLimits: Sendable {
        package var attempts = 10
        package var policy: RetryPolicy {
            RetryPolicy(attempts: attempts, base: base, ceiling: ceiling, patience: patience)
        }
        /// As `RetryPolicy` has them; tests wait less.
        package var base = RetryPolicy().base
        package var ceiling = RetryPolicy().ceiling
        /// How long a line may be gone.
        package var patience = RetryPolicy().patience

        package init() {}
    }

    /// A pair that is kept beside an object's bytes.
    package struct MetadataPair: Sendable, Hashable {
        package let name: String
        package let value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    package init(source: Location, sink: Location) {
        self.source = source
        self.sink = sink
    }
}
